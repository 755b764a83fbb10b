/** S3 servers for tests, examples and benchmarks: one inside the JVM, and a gate that delays, holds and breaks requests to any. */
@NullMarked
package dev.contraflow.datasets.s3.testkit;

import org.jspecify.annotations.NullMarked;
