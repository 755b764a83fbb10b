/** Local files, written atomically. */
@NullMarked
package dev.contraflow.datasets.local;

import org.jspecify.annotations.NullMarked;
