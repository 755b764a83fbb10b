/** Write-through: saves block, loads come from memory. */
@NullMarked
package dev.contraflow.plugins.cache;

import org.jspecify.annotations.NullMarked;
