@NullMarked
package dev.contraflow.it;

import org.jspecify.annotations.NullMarked;
