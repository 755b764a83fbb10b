@NullMarked
package dev.contraflow.run;

import org.jspecify.annotations.NullMarked;
