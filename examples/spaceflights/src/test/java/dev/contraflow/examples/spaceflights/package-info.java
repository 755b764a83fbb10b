@NullMarked
package dev.contraflow.examples.spaceflights;

import org.jspecify.annotations.NullMarked;
