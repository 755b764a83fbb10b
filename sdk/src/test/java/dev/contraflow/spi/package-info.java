@NullMarked
package dev.contraflow.spi;

import org.jspecify.annotations.NullMarked;
