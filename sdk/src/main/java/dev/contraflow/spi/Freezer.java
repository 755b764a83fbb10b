package dev.contraflow.spi;

/** Stand-in, replaced by a later commit. */
public final class Freezer {
    private Freezer() {}
}
