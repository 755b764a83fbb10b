/** Datasets: how one value is loaded, saved, encoded and decoded. For authors of datasets. */
@NullMarked
package dev.contraflow.dataset;

import org.jspecify.annotations.NullMarked;
