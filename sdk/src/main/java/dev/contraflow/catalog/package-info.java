/** The data catalog: which dataset stands behind which name. */
@NullMarked
package dev.contraflow.catalog;

import org.jspecify.annotations.NullMarked;
