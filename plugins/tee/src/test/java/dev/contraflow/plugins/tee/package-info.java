@NullMarked
package dev.contraflow.plugins.tee;

import org.jspecify.annotations.NullMarked;
