package dev.contraflow.datasets.s3.testkit;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP/1.1 message, kept byte for byte, and the framing of its body (RFC 9112 section 6). Immutable.
 *
 * @param text the head with its empty line, one char per byte
 * @param lines its lines: the start line, then the fields
 */
record HttpMessage(String text, List<String> lines) {
    private static final int LONGEST_HEAD = 1 << 20;

    /** Reads a head; null if the connection ended before its first byte. */
    static @Nullable HttpMessage read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream(1024);
        int state = 0; // how many bytes of CR LF CR LF were seen
        while (state < 4) {
            int b = in.read();
            if (b < 0) {
                if (head.size() == 0) {
                    return null;
                }
                throw new EOFException("the connection ended within a head");
            }
            head.write(b);
            state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : b == '\r' ? 1 : 0;
            if (head.size() > LONGEST_HEAD) {
                throw new IOException("the head is longer than " + LONGEST_HEAD + " bytes");
            }
        }
        String text = head.toString(StandardCharsets.ISO_8859_1);
        return new HttpMessage(text, List.of(text.strip().split("\r\n", -1)));
    }

    String startLine() {
        return lines.get(0);
    }

    byte[] bytes() {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The value of a field, lower case; empty if there is none. */
    String field(String name) {
        String start = name.toLowerCase(Locale.ROOT) + ":";
        return lines.stream()
                .skip(1)
                .filter(line -> line.regionMatches(true, 0, start, 0, start.length()))
                .map(line -> line.substring(start.length()).strip().toLowerCase(Locale.ROOT))
                .findFirst()
                .orElse("");
    }

    int status() {
        return Integer.parseInt(startLine().split(" ", 3)[1]);
    }

    boolean isChunked() {
        return field("transfer-encoding").contains("chunked");
    }

    /** The length that the head declares; -1 if it declares none. */
    long contentLength() {
        String length = field("content-length");
        return length.isEmpty() ? -1 : Long.parseLong(length);
    }

    /** Passes the body of a request on. */
    void copyRequestBody(InputStream in, OutputStream out) throws IOException {
        if (isChunked()) {
            copyChunked(in, out);
        } else {
            copy(in, out, Math.max(0, contentLength()));
        }
    }

    /** Passes the body of a response on; true if the connection may be used again. */
    boolean copyResponseBody(String requestMethod, InputStream in, OutputStream out) throws IOException {
        int status = status();
        if (requestMethod.equals("HEAD") || status < 200 || status == 204 || status == 304) {
            return !field("connection").contains("close");
        }
        if (isChunked()) {
            copyChunked(in, out);
        } else if (contentLength() >= 0) {
            copy(in, out, contentLength());
        } else {
            in.transferTo(out);
            return false;
        }
        return !field("connection").contains("close");
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[(int) Math.min(64 << 10, Math.max(1, length))];
        for (long left = length; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                throw new EOFException("the connection ended within a body");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    private static void copyChunked(InputStream in, OutputStream out) throws IOException {
        while (true) {
            String line = copyLine(in, out);
            long size = Long.parseLong(line.split(";", 2)[0].strip(), 16);
            if (size == 0) {
                while (!copyLine(in, out).isEmpty()) {
                    // trailer fields, up to the empty line
                }
                return;
            }
            copy(in, out, size);
            copyLine(in, out);
        }
    }

    private static String copyLine(InputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int b;
        do {
            b = in.read();
            if (b < 0) {
                throw new EOFException("the connection ended within a chunk");
            }
            line.write(b);
        } while (b != '\n');
        out.write(line.toByteArray());
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }
}
