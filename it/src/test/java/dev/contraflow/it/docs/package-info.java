/** What the pages in {@code docs/} show: each snippet stands here between {@code // [name]} and {@code // [end]}, compiled and tested. */
@NullMarked
package dev.contraflow.it.docs;

import org.jspecify.annotations.NullMarked;
