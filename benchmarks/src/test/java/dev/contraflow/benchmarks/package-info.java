@NullMarked
package dev.contraflow.benchmarks;

import org.jspecify.annotations.NullMarked;
