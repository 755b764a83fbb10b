@NullMarked
package dev.contraflow;

import org.jspecify.annotations.NullMarked;
