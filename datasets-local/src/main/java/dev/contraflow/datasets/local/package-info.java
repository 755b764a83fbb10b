/** The storage of local files, with atomic writes. */
@NullMarked
package dev.contraflow.datasets.local;

import org.jspecify.annotations.NullMarked;
