/** For authors of runners, I/O managers and plugins. */
@NullMarked
package dev.contraflow.spi;

import org.jspecify.annotations.NullMarked;
