/** How configuration files become values with positions. Not exported. */
@NullMarked
package dev.contraflow.internal.config;

import org.jspecify.annotations.NullMarked;
