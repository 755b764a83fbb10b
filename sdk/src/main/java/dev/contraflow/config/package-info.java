/** Configuration: YAML with positions, environments, parameters and credentials. */
@NullMarked
package dev.contraflow.config;

import org.jspecify.annotations.NullMarked;
