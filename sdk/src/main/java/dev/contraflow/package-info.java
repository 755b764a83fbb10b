/**
 * What users of Contraflow import first: {@link dev.contraflow.DatasetRef}, {@link dev.contraflow.Node},
 * {@link dev.contraflow.Pipeline}, {@link dev.contraflow.Project} and the exceptions.
 */
@NullMarked
package dev.contraflow;

import org.jspecify.annotations.NullMarked;
