/** Whole runs of production code on virtual time: formulae, faults, crashes. */
@NullMarked
package dev.contraflow.it.simulation;

import org.jspecify.annotations.NullMarked;
