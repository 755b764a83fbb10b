@NullMarked
package dev.contraflow.runner.threads;

import org.jspecify.annotations.NullMarked;
