/** The snippets of the documentation, compiled and run. */
@NullMarked
package dev.contraflow.it.docs;

import org.jspecify.annotations.NullMarked;
