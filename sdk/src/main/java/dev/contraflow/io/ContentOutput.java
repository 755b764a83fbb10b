package dev.contraflow.io;

import dev.contraflow.internal.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Collects bytes into a {@link Content}: in memory as long as the grant gives some, from then on all of them in a spill file, whose
 * checksums are counted on the way. Once a write has failed, so do all later ones and {@link #toContent}, by that cause. Close it in any
 * case; closed before {@link #toContent} it leaves nothing behind. Not thread-safe.
 */
public final class ContentOutput extends OutputStream {
    private static final int FIRST_SEGMENT = 1 << 10;
    private static final int SPILL_PIECE = 64 << 10;
    private static final int LARGEST_SEGMENT = 1 << 20;

    private final Grant memory;
    private final List<byte[]> segments = new ArrayList<>();
    private int used; // bytes used of the last segment
    private long size;
    private @Nullable Path spillFile;
    private @Nullable OutputStream spill;
    private @Nullable Checksums spilledSums; // of what is in the spill file; a content in memory counts its own
    private @Nullable Throwable broken; // why some bytes are missing, whatever the writer made of it
    private boolean finished;

    /** @param memory where the memory comes from */
    public ContentOutput(Grant memory) {
        this.memory = Objects.requireNonNull(memory, "memory is null");
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (finished) {
            throw new IOException("The content is finished: nothing can be written to it any more");
        }
        requireWhole();
        size += length;
        try {
            take(bytes, offset, length);
        } catch (IOException | RuntimeException | Error e) {
            broken = e;
            throw e;
        }
    }

    private void requireWhole() throws IOException {
        if (broken != null) {
            throw new IOException(
                    "Some bytes could not be written, and whoever wrote them went on: " + Reason.of(broken), broken);
        }
    }

    private void take(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0 && spill == null) {
            if (roomInLastSegment() == 0 && !addSegment()) {
                startSpill();
                break;
            }
            int n = Math.min(left, roomInLastSegment());
            System.arraycopy(bytes, at, segments.get(segments.size() - 1), used, n);
            used += n;
            at += n;
            left -= n;
        }
        if (left > 0) {
            spill(bytes, at, left);
        }
    }

    private int roomInLastSegment() {
        return segments.isEmpty() ? 0 : segments.get(segments.size() - 1).length - used;
    }

    private boolean addSegment() {
        int length = segments.isEmpty()
                ? FIRST_SEGMENT
                : Math.min(LARGEST_SEGMENT, 2 * segments.get(segments.size() - 1).length);
        if (!memory.tryTake(length)) {
            return false;
        }
        try {
            segments.add(new byte[length]);
        } catch (OutOfMemoryError e) { // the heap has less than the budget says: what does not fit goes to disk
            memory.giveBack(length);
            return false;
        }
        used = 0;
        return true;
    }

    private void startSpill() throws IOException {
        try {
            spillFile = memory.newSpillFile();
            spill = Files.newOutputStream(spillFile);
        } catch (IOException e) {
            throw new SpillFailedException(e);
        }
        spilledSums = new Checksums();
        for (int i = 0; i < segments.size(); i++) {
            spill(segments.get(i), 0, i == segments.size() - 1 ? used : segments.get(i).length);
        }
        giveSegmentsBack();
    }

    /** In pieces: the JDK copies what is written at once, however much it is, to memory outside of the heap. */
    private void spill(byte[] bytes, int offset, int length) throws IOException {
        OutputStream to = Objects.requireNonNull(spill);
        try {
            for (int done = 0; done < length; done += SPILL_PIECE) {
                to.write(bytes, offset + done, Math.min(SPILL_PIECE, length - done));
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            throw new SpillFailedException(e);
        }
        Objects.requireNonNull(spilledSums).update(bytes, offset, length);
    }

    private void giveSegmentsBack() {
        segments.forEach(s -> memory.giveBack(s.length));
        segments.clear();
        used = 0;
    }

    /**
     * Ends the writing.
     *
     * @return the bytes written; the caller owns it
     * @throws IOException if the spill file cannot be written, or if some bytes could not be written before: its cause says why
     */
    public Content toContent() throws IOException {
        if (finished) {
            throw new IllegalStateException("The content was taken already");
        }
        requireWhole();
        if (spill != null && spillFile != null && spilledSums != null) {
            spill.close();
            finished = true;
            return new SpilledContent(spillFile, size, spilledSums);
        }
        if (!segments.isEmpty() && roomInLastSegment() > 0) {
            byte[] last = segments.remove(segments.size() - 1);
            segments.add(Arrays.copyOf(last, used));
            memory.giveBack(last.length - used);
        }
        finished = true;
        return new SegmentContent(List.copyOf(segments), size, memory);
    }

    /** Discards what was written, unless {@link #toContent} handed it over. Calling it again does nothing. */
    @Override
    public void close() {
        if (finished) {
            return;
        }
        finished = true;
        giveSegmentsBack();
        if (spillFile != null) {
            try {
                deleteSpill(spill, spillFile);
            } catch (IOException e) {
                LoggerFactory.getLogger(ContentOutput.class).warn("Cannot delete the spill file {}", spillFile, e);
            }
        }
    }

    private static void deleteSpill(@Nullable OutputStream open, Path file) throws IOException {
        try {
            if (open != null) {
                open.close();
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
