/** What the pages in docs show: compiled, run and compared with the pages. */
@NullMarked
package dev.contraflow.it.docs;

import org.jspecify.annotations.NullMarked;
