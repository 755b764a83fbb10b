/** Bytes: storages, locations, contents and formats. For authors of storages and formats. */
@NullMarked
package dev.contraflow.io;

import org.jspecify.annotations.NullMarked;
