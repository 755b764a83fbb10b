package dev.contraflow.io;

import java.io.IOException;

/** A storage that can also read a part of an object. An optional power: others read whole objects only. */
public interface RangedStorage extends Storage {
    /**
     * Reads a range of an object.
     *
     * @param at where
     * @param offset the first byte, from 0
     * @param length how many bytes, at least 1; fewer are read if the object ends before
     * @param memory where the memory comes from
     * @return the bytes; the caller owns them
     * @throws ObjectNotFoundException if there is no such object
     * @throws IOException if it cannot be read, or ends before the offset
     */
    Content readRange(Location at, long offset, long length, Grant memory) throws IOException;
}
