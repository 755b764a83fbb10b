@NullMarked
package dev.contraflow.examples.iris;

import org.jspecify.annotations.NullMarked;
