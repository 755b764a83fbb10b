package dev.contraflow.datasets.s3;

import dev.contraflow.io.Content;
import dev.contraflow.io.Location;
import dev.contraflow.io.StorageException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;

/**
 * The bytes of a content on their way to the server. If they cannot be read any more, that is told as what it is: the disk of this machine has
 * failed, not the connection, so nothing is tried again. Used by one thread.
 */
final class LocalBytes extends FilterInputStream {
    private final Location at;

    private LocalBytes(Location at, InputStream in) {
        super(in);
        this.at = at;
    }

    /** A part of a content; the caller closes it. */
    static InputStream open(Content content, long offset, long length, Location at) throws StorageException {
        try {
            return new LocalBytes(at, content.open(offset, length));
        } catch (IOException e) {
            throw unreadable(e, at);
        }
    }

    private static StorageException unreadable(IOException e, Location at) {
        String why = e instanceof NoSuchFileException gone
                ? "the local file " + gone.getFile()
                        + " that holds its bytes is gone. Nobody may delete it during a run."
                : "its bytes cannot be read from the local disk: " + e.getMessage();
        return new StorageException("cannot upload it: " + why, at, 1, e);
    }

    @Override
    public int read() throws IOException {
        try {
            return super.read();
        } catch (IOException e) {
            throw unreadable(e, at);
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return super.read(into, offset, length);
        } catch (IOException e) {
            throw unreadable(e, at);
        }
    }
}
