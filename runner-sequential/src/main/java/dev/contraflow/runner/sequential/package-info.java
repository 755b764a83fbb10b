/** The reference runner: one node after the other. */
@NullMarked
package dev.contraflow.runner.sequential;

import org.jspecify.annotations.NullMarked;
