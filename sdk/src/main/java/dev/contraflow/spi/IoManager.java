package dev.contraflow.spi;

/** Stand-in, replaced by a later commit. */
public interface IoManager extends AutoCloseable {
    @Override
    void close();

    /** Makes it. */
    interface Factory {}
}
