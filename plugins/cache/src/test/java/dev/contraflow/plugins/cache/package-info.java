@NullMarked
package dev.contraflow.plugins.cache;

import org.jspecify.annotations.NullMarked;
