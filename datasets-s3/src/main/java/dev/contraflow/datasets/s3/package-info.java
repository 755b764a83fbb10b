/** The storage of S3 objects, on the AWS SDK for Java 2. */
@NullMarked
package dev.contraflow.datasets.s3;

import org.jspecify.annotations.NullMarked;
