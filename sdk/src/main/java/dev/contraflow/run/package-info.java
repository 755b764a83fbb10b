/** One run: the request, the plan, the runner, the events and the result. */
@NullMarked
package dev.contraflow.run;

import org.jspecify.annotations.NullMarked;
