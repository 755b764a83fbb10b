package dev.contraflow.io;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Reads a range of bytes that stand in several arrays; can be marked and reset, so that a request can be sent again. */
final class SegmentInputStream extends InputStream {
    static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final List<byte[]> segments;
    private int segment;
    private int at;
    private long left;
    private int markedSegment;
    private int markedAt;
    private long markedLeft;

    SegmentInputStream(List<byte[]> segments, long offset, long length) {
        this.segments = segments;
        this.left = length;
        long skip = offset;
        while (segment < segments.size() && skip >= segments.get(segment).length) {
            skip -= segments.get(segment++).length;
        }
        this.at = (int) skip;
        rememberMark();
    }

    private void rememberMark() {
        markedSegment = segment;
        markedAt = at;
        markedLeft = left;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        while (at == segments.get(segment).length) {
            segment++;
            at = 0;
        }
        byte[] bytes = segments.get(segment);
        int n = (int) Math.min(Math.min(length, left), bytes.length - at);
        System.arraycopy(bytes, at, into, offset, n);
        at += n;
        left -= n;
        return n;
    }

    /** Into an array of the right size: the inherited one collects pieces, and then has everything twice. */
    @Override
    public byte[] readAllBytes() throws IOException {
        if (left > LARGEST_ARRAY) {
            return super.readAllBytes(); // says that it is too large
        }
        byte[] all = new byte[(int) left];
        readNBytes(all, 0, all.length);
        return all;
    }

    @Override
    public int available() {
        return (int) Math.min(left, Integer.MAX_VALUE);
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    public synchronized void mark(int readLimit) {
        rememberMark();
    }

    @Override
    public synchronized void reset() {
        segment = markedSegment;
        at = markedAt;
        left = markedLeft;
    }
}
