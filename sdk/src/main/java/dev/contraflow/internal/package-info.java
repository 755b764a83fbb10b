/** What all rooms of the SDK use. Not API. */
@NullMarked
package dev.contraflow.internal;

import org.jspecify.annotations.NullMarked;
