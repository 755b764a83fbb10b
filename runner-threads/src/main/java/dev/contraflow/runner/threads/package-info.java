/** Runs nodes side by side on one machine. */
@NullMarked
package dev.contraflow.runner.threads;

import org.jspecify.annotations.NullMarked;
