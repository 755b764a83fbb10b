/** Benchmarks: the kernel's overhead with JMH, and end-to-end workloads. */
@NullMarked
package dev.contraflow.benchmarks;

import org.jspecify.annotations.NullMarked;
