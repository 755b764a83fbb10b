@NullMarked
package dev.contraflow.runner.sequential;

import org.jspecify.annotations.NullMarked;
