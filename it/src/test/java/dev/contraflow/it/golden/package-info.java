/** The golden corpus: what the real Kedro answers, and what we answer. */
@NullMarked
package dev.contraflow.it.golden;

import org.jspecify.annotations.NullMarked;
