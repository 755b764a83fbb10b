package dev.contraflow.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contents one after the other, and ranges of them, are contents like others. */
class JoinedContentTest {
    @TempDir
    Path folder;

    private static byte[] bytesOf(InputStream in) throws IOException {
        try (in) {
            return in.readAllBytes();
        }
    }

    /** Parts in memory and in files, some of them empty. */
    private List<Content> parts(byte[] whole, Random random) throws IOException {
        List<Content> parts = new ArrayList<>();
        for (int at = 0; at < whole.length || random.nextBoolean(); ) {
            int length = random.nextInt(Math.min(50, whole.length - at) + 1);
            byte[] part = Arrays.copyOfRange(whole, at, at + length);
            at += length;
            parts.add(
                    random.nextBoolean()
                            ? Content.of(part)
                            : Content.ofFile(Files.write(Files.createTempFile(folder, "part", ""), part)));
        }
        return parts;
    }

    @Test
    void theWholeAndEveryRangeAreTheBytesOfTheParts() throws IOException {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            byte[] whole = new byte[random.nextInt(300)];
            random.nextBytes(whole);
            try (Content joined = Content.join(parts(whole, random));
                    Content plain = Content.of(whole)) {
                assertSame(joined, plain, whole);
                int from = random.nextInt(whole.length + 1);
                int length = random.nextInt(whole.length - from + 1);
                byte[] part = Arrays.copyOfRange(whole, from, from + length);
                assertThat(bytesOf(joined.open(from, length))).isEqualTo(part);
                try (Content range = joined.range(from, length);
                        Content same = Content.of(part)) {
                    assertSame(range, same, part);
                    assertThat(bytesOf(range.open(length, 0))).isEmpty();
                    assertThatThrownBy(() -> range.open(1, length)).isInstanceOf(IndexOutOfBoundsException.class);
                }
                assertThat(bytesOf(joined.open()))
                        .as("a range that is closed leaves the whole open")
                        .isEqualTo(whole);
            }
        }
    }

    private static void assertSame(Content content, Content other, byte[] bytes) throws IOException {
        assertThat(content.size()).isEqualTo(bytes.length);
        assertThat(bytesOf(content.open())).isEqualTo(bytes);
        assertThat(content.sha256()).isEqualTo(other.sha256());
        assertThat(content.crc32()).isEqualTo(other.crc32());
    }

    @Test
    void closingItGivesBackAllThatItHolds() throws IOException {
        Content joined = Content.join(List.of(Content.of(new byte[10]), Content.of(new byte[5])));
        assertThat(joined.memoryBytes()).isEqualTo(15);
        String digest = joined.sha256();
        joined.close();
        joined.close();
        assertThat(joined.memoryBytes()).isZero();
        assertThat(joined.sha256()).as("known before").isEqualTo(digest);
        assertThatThrownBy(() -> bytesOf(joined.open())).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aRangeOutsideIsRefused() {
        Content whole = Content.of(new byte[10]);
        assertThatThrownBy(() -> whole.range(5, 6)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Content.join(List.of(whole)).open(-1, 2))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    /** There may be as many ranges as parts, and many thousands of both. */
    @Test
    void aRangeAsksNoPartButItsOwn() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        List<Content> parts = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            parts.add(new Asked(Content.of(new byte[] {(byte) i}), asked));
        }
        try (Content joined = Content.join(parts)) {
            asked.set(0);
            for (int i = 0; i < 100; i++) {
                assertThat(bytesOf(joined.range(i, 1).open())).containsExactly(i);
            }
            assertThat(asked).hasValue(100);
        }
    }

    /** Counts how often it is asked for its size. */
    private static final class Asked extends ForwardingContent {
        private final AtomicInteger asked;

        Asked(Content inner, AtomicInteger asked) {
            super(inner);
            this.asked = asked;
        }

        @Override
        public long size() {
            asked.incrementAndGet();
            return super.size();
        }

        @Override
        public long memoryBytes() {
            asked.incrementAndGet();
            return super.memoryBytes();
        }
    }
}
