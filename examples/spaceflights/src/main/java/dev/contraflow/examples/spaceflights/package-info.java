/** The Spaceflights example: the pipelines of Kedro's starter, with two models side by side. A project to copy and change. */
@NullMarked
package dev.contraflow.examples.spaceflights;

import org.jspecify.annotations.NullMarked;
