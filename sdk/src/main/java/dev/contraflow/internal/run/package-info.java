/** How a run is prepared, and the record that it leaves. Not API. */
@NullMarked
package dev.contraflow.internal.run;

import org.jspecify.annotations.NullMarked;
