/** The Iris example: four nodes, six intermediates on S3, run with each I/O manager. A project to copy and change. */
@NullMarked
package dev.contraflow.examples.iris;

import org.jspecify.annotations.NullMarked;
