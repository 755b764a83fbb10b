/** What stands behind the data catalog. Not exported. */
@NullMarked
package dev.contraflow.internal.catalog;

import org.jspecify.annotations.NullMarked;
