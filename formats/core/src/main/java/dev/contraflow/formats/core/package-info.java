/**
 * The formats text, bytes, json, jsonl, yaml and csv, and the dataset {@code slow}.
 *
 * <p>All of these formats are exact: a value is refused while it is written ({@link dev.contraflow.io.UnencodableValueException}, naming
 * where it stands), or reads back equal, in the same order and of the same classes. Types that cannot be held so are refused when the format
 * is made.
 */
@NullMarked
package dev.contraflow.formats.core;

import org.jspecify.annotations.NullMarked;
