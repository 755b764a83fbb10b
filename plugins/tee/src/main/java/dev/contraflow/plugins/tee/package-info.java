/** Hands values on in memory and uploads the same bytes in the background. */
@NullMarked
package dev.contraflow.plugins.tee;

import org.jspecify.annotations.NullMarked;
