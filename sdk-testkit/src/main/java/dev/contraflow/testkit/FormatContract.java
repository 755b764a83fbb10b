package dev.contraflow.testkit;

import static dev.contraflow.testkit.Indistinguishable.assertIndistinguishable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Content;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.io.UnsupportedTypeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Format} must do. A format's test extends it and gives a provider and samples, with at least one value for every rule of
 * its own:
 *
 * <pre>{@code
 * class JsonFormatTest extends FormatContract {
 *   protected FormatProvider provider() { return new JsonFormatProvider(); }
 *   protected List<Samples<?>> samples() {
 *     return List.of(Samples.of(new TypeRef<List<Double>>() {}, List.of(), List.of(-0.0)).refusing(List.of(Double.NaN)));
 *   }
 *   protected List<TypeRef<?>> unsupportedTypes() { return List.of(TypeRef.of(Thread.class)); }
 *   protected boolean detectsTruncation(TypeRef<?> type) { return true; }
 * }
 * }</pre>
 *
 * <p>Besides the samples, random {@link HostileValues} of their types are tried. Their seed is in the message of a failure; override {@link
 * #seed} to see it again.
 */
public abstract class FormatContract {
    private static final int RANDOM_VALUES = 400;
    /** So many of the random values must be held at least, lest a format pass that refuses everything. */
    private static final int LEAST_HELD = RANDOM_VALUES / 100;

    /** Far more than any buffer. */
    private static final int MANY_BYTES = 4 << 20;

    private static final int THREADS = 4;
    private static final int DEADLINE_SECONDS = 60;

    /** For subclasses. */
    protected FormatContract() {}

    /** @return the provider under test */
    protected abstract FormatProvider provider();

    /** @return values of every kind of type that the format holds */
    protected abstract List<Samples<?>> samples();

    /** @return types for which the provider must refuse to make a format */
    protected abstract List<TypeRef<?>> unsupportedTypes();

    /**
     * Whether bytes of which the end is missing are always refused, as they are where a closing mark must come. A format of which the beginning
     * may be a shorter value (lines, plain text, a number) answers false; then what is read from them must be a value, or the reading must
     * fail.
     *
     * @param type the type that the format is made for
     */
    protected abstract boolean detectsTruncation(TypeRef<?> type);

    /** @return the options that the format is made with, none unless overridden */
    protected FormatOptions options() {
        return FormatOptions.none();
    }

    /** @return where the random values come from: another seed each time, unless overridden */
    protected long seed() {
        return new Random().nextLong();
    }

    @Test
    void isFoundByServiceLoaderUnderItsTypeId() {
        List<String> found = new ArrayList<>();
        ServiceLoader.load(FormatProvider.class).forEach(each -> found.add(each.typeId()));
        assertThat(found).contains(provider().typeId());
        for (Samples<?> samples : samples()) {
            assertThat(format(samples).typeId()).isEqualTo(provider().typeId());
        }
    }

    @Test
    void whatItHoldsComesBackIndistinguishable() throws IOException {
        for (Samples<?> samples : samples()) {
            assertThat(samples.held()).as("samples of " + samples.type()).isNotEmpty();
            holds(samples);
        }
    }

    private <T> void holds(Samples<T> samples) throws IOException {
        Format<T> format = format(samples);
        for (T value : samples.held()) {
            T decoded = decode(format, encode(format, value));
            if (format.isExact()) {
                assertIndistinguishable(decoded, value);
            } else {
                assertThat(decoded).as("decoded " + samples.type()).isNotNull();
            }
        }
    }

    @Test
    void theSameValueGivesTheSameBytes() throws IOException {
        for (Samples<?> samples : samples()) {
            givesTheSameBytes(samples);
        }
    }

    private <T> void givesTheSameBytes(Samples<T> samples) throws IOException {
        Format<T> format = format(samples);
        for (T value : samples.held()) {
            byte[] bytes = encode(format, value);
            assertThat(encode(format, value)).as("second time").isEqualTo(bytes);
            assertThat(encode(format(samples), value)).as("another format").isEqualTo(bytes);
            if (format.isExact()) {
                assertThat(encode(format, decode(format, bytes)))
                        .as("what came back")
                        .isEqualTo(bytes);
            }
        }
    }

    @Test
    void refusesValuesThatWouldNotComeBack() {
        for (Samples<?> samples : samples()) {
            refuses(samples);
        }
    }

    private <T> void refuses(Samples<T> samples) {
        Format<T> format = format(samples);
        for (T value : samples.refused()) {
            assertThatThrownBy(() -> encode(format, value), "encoding %s as %s", value, samples.type())
                    .isInstanceOf(UnencodableValueException.class)
                    .hasMessageContaining(format.typeId());
        }
    }

    @Test
    void hostileValuesAreRefusedOrComeBackIndistinguishable() {
        for (Samples<?> samples : samples()) {
            long seed = seed();
            assertThat(heldOf(samples, seed))
                    .as("random values of " + samples.type() + " that are held, seed " + seed)
                    .isGreaterThanOrEqualTo(LEAST_HELD);
        }
    }

    @SuppressWarnings("unchecked") // a random value of the type T
    private <T> int heldOf(Samples<T> samples, long seed) {
        Format<T> format = format(samples);
        HostileValues values = new HostileValues(seed);
        int held = 0;
        for (int i = 0; i < RANDOM_VALUES; i++) {
            T value = (T) values.next(samples.type().type());
            try {
                held += isHeld(format, value) ? 1 : 0;
            } catch (IOException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "Value " + i + " of seed " + seed + "L, a " + samples.type() + ": " + value + "\n" + e, e);
            }
        }
        return held;
    }

    private static <T> boolean isHeld(Format<T> format, T value) throws IOException {
        byte[] bytes;
        try {
            bytes = encode(format, value);
        } catch (UnencodableValueException refused) {
            assertThat(refused).hasMessageContaining(format.typeId());
            return false;
        }
        T decoded = decode(format, bytes);
        if (format.isExact()) {
            assertIndistinguishable(decoded, value);
        }
        return true;
    }

    @Test
    void bytesWithoutTheirEndAreRefusedOrAShorterValue() throws IOException {
        for (Samples<?> samples : samples()) {
            cutOff(samples);
        }
    }

    private <T> void cutOff(Samples<T> samples) throws IOException {
        Format<T> format = format(samples);
        for (T value : samples.held()) {
            byte[] bytes = encode(format, value);
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                T shorter = decodeCut(format, cut);
                if (shorter != null) {
                    assertThat(detectsTruncation(samples.type()))
                            .as("the first " + length + " bytes of " + samples.type() + " are read as a value: "
                                    + shorter)
                            .isFalse();
                    encode(format, shorter);
                }
            }
        }
    }

    private static <T> @Nullable T decodeCut(Format<T> format, byte[] bytes) {
        try {
            return decode(format, bytes);
        } catch (IOException refused) {
            assertThat(refused.getMessage()).as("message of the refusal").isNotBlank();
            return null;
        }
    }

    @Test
    void readsToTheEndByAnyStepsAndLeavesTheStreamsOpen() throws IOException {
        for (Samples<?> samples : samples()) {
            leavesOpen(samples);
        }
    }

    private <T> void leavesOpen(Samples<T> samples) throws IOException {
        Format<T> format = format(samples);
        for (T value : samples.held()) {
            byte[] bytes = encode(format, value); // fails if the stream is closed
            try (Trickle in = new Trickle(bytes)) {
                T decoded = format.decode(in);
                assertThat(in.closed).as("input closed by the format").isFalse();
                assertThat(in.read()).as("byte left by the format").isEqualTo(-1);
                if (format.isExact()) {
                    assertIndistinguishable(decoded, value);
                }
            }
        }
    }

    @Test
    void failuresOfTheStreamsComeThrough() {
        for (Samples<?> samples : samples()) {
            passesFailuresOn(samples);
        }
    }

    private <T> void passesFailuresOn(Samples<T> samples) {
        Format<T> format = format(samples);
        T value = samples.held().get(0);
        IOException failure = new IOException("the disk is full");
        assertThatThrownBy(() -> {
                    byte[] bytes = encode(format, value);
                    format.encode(value, new FailingOutput(failure));
                    // a value without a byte is written without touching the stream
                    assertThat(bytes).isEmpty();
                    throw failure;
                })
                .isSameAs(failure);
        assertThatThrownBy(() -> format.decode(new FailingInput(failure))).isSameAs(failure);
    }

    @Test
    void rowsAreWrittenAndReadOneByOne() throws IOException {
        for (Samples<?> samples : samples()) {
            boolean isRows = samples.type().rawType() == Rows.class;
            assertThat(format(samples).isStreamed())
                    .as("streams " + samples.type())
                    .isEqualTo(isRows);
            if (isRows) {
                streams(samples);
            }
        }
    }

    @SuppressWarnings("unchecked") // the samples are rows
    private <T> void streams(Samples<T> samples) throws IOException {
        Format<Rows<Object>> format = (Format<Rows<Object>>) format(samples);
        for (T value : samples.held()) {
            List<Object> rows = ((Rows<Object>) value).toList();
            if (!rows.isEmpty()) {
                streams(format, rows);
            }
        }
    }

    private static void streams(Format<Rows<Object>> format, List<Object> rows) throws IOException {
        int length = encode(format, Rows.of(rows)).length;
        ManyRows many = new ManyRows(rows, rows.size() * (1L + MANY_BYTES / Math.max(1, length)));
        AtomicLong readAtFirstByte = new AtomicLong(-1);
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int count) {
                readAtFirstByte.compareAndSet(-1, many.read);
                super.write(bytes, offset, count);
            }
        };
        format.encode(many, out);
        assertThat(many.open).as("cursors of the rows left open").isZero();
        assertThat(readAtFirstByte.get())
                .as("rows read before the first byte was written")
                .isLessThan(many.count);

        AtomicInteger open = new AtomicInteger();
        try (CountedContent content = new CountedContent(Content.of(out.toByteArray()), open)) {
            Rows<Object> decoded = format.decode(content);
            try (Rows.Cursor<Object> first = decoded.open();
                    Rows.Cursor<Object> second = decoded.open()) {
                assertThat(first.advance()).isTrue();
                assertThat(content.bytesRead())
                        .as("bytes read for the first row of " + content.size())
                        .isLessThan(content.size());
                assertThat(second.advance()).isTrue();
                assertIndistinguishable(second.row(), first.row());
                while (first.advance()) {
                    first.row();
                }
                assertThat(first.advance()).as("a further row after the end").isFalse();
            }
            assertThat(open).as("contents and streams open after the cursors").hasValue(1);
            if (format.isExact()) {
                assertThat(decoded.count()).isEqualTo(many.count);
            }
            assertThat(open).as("contents and streams open after the count").hasValue(1);
        }
    }

    @Test
    void rowsGiveTheBytesOfAListOfThem() throws IOException {
        for (Samples<?> samples : samples()) {
            if (samples.type().type() instanceof ParameterizedType rows && rows.getRawType() == Rows.class) {
                asList(samples, TypeRef.of(new ListOf(rows.getActualTypeArguments()[0])));
            }
        }
    }

    @SuppressWarnings("unchecked") // rows and lists of the same type
    private <T> void asList(Samples<T> samples, TypeRef<?> listType) throws IOException {
        Format<List<Object>> ofList;
        try {
            ofList = (Format<List<Object>>) provider().create(listType, options());
        } catch (UnsupportedTypeException e) {
            return; // it holds rows only
        }
        for (T value : samples.held()) {
            assertThat(encode(ofList, ((Rows<Object>) value).toList()))
                    .as("a list of the same rows")
                    .isEqualTo(encode(format(samples), value));
        }
    }

    @Test
    void failuresOfRowsComeThroughAndTheirCursorIsClosed() throws IOException {
        for (Samples<?> samples : samples()) {
            if (format(samples).isStreamed()) {
                passesFailuresOfRowsOn(samples);
            }
        }
    }

    @SuppressWarnings("unchecked") // the samples are rows
    private <T> void passesFailuresOfRowsOn(Samples<T> samples) throws IOException {
        Format<Rows<Object>> format = (Format<Rows<Object>>) format(samples);
        for (Exception failure : List.of(new IOException("no row"), new IllegalArgumentException("no row"))) {
            for (T value : samples.held()) {
                ManyRows failing = new ManyRows(((Rows<Object>) value).toList(), 1);
                failing.failure = failure;
                assertThatThrownBy(() -> encode(format, failing)).isSameAs(failure);
                assertThat(failing.open).as("cursors of the rows left open").isZero();
            }
        }
    }

    @Test
    void typesThatItCannotHoldAreRefused() {
        assertThat(unsupportedTypes()).isNotEmpty();
        for (TypeRef<?> type : unsupportedTypes()) {
            assertThatThrownBy(() -> provider().create(type, options()), "making a format of %s", type)
                    .isInstanceOf(UnsupportedTypeException.class)
                    .hasMessageContaining(provider().typeId() + " holds");
        }
    }

    @Test
    void isUsedByManyThreadsAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (Samples<?> samples : samples()) {
                useByManyThreads(samples, threads);
            }
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS))
                    .as("threads ended")
                    .isTrue();
        }
    }

    private <T> void useByManyThreads(Samples<T> samples, ExecutorService threads) throws Exception {
        Format<T> format = format(samples);
        List<byte[]> expected = new ArrayList<>();
        for (T value : samples.held()) {
            expected.add(encode(format, value));
        }
        Callable<List<byte[]>> work = () -> {
            List<byte[]> encoded = new ArrayList<>();
            for (T value : samples.held()) {
                encoded.add(encode(format, decode(format, encode(format, value))));
            }
            return encoded;
        };
        List<Future<List<byte[]>>> futures = new ArrayList<>();
        for (int i = 0; i < 4 * THREADS; i++) {
            futures.add(threads.submit(work));
        }
        for (Future<List<byte[]>> future : futures) {
            List<byte[]> encoded = future.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            if (format.isExact()) {
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(encoded.get(i)).isEqualTo(expected.get(i));
                }
            }
        }
    }

    private <T> Format<T> format(Samples<T> samples) {
        return provider().create(samples.type(), options());
    }

    private static <T> byte[] encode(Format<T> format, T value) throws IOException {
        OpenOutput out = new OpenOutput();
        format.encode(value, out);
        return out.toByteArray();
    }

    private static <T> T decode(Format<T> format, byte[] bytes) throws IOException {
        return format.decode(new ByteArrayInputStream(bytes));
    }

    /** The type List with an element. */
    private record ListOf(Type element) implements ParameterizedType {
        @Override
        public Type[] getActualTypeArguments() {
            return new Type[] {element};
        }

        @Override
        public Type getRawType() {
            return List.class;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return null;
        }
    }

    /** The same rows over and over, and then perhaps a failure. */
    private static final class ManyRows implements Rows<Object> {
        private final List<Object> rows;
        private final long count;
        private long read;
        private int open;
        private @Nullable Exception failure;

        ManyRows(List<Object> rows, long count) {
            this.rows = rows;
            this.count = rows.isEmpty() ? 0 : count;
        }

        @Override
        public Cursor<Object> open() {
            open++;
            read = 0;
            return new Cursor<>() {
                private boolean closed;

                @Override
                public boolean advance() throws IOException {
                    if (read < count) {
                        read++;
                        return true;
                    }
                    if (failure instanceof IOException io) {
                        throw io;
                    }
                    if (failure instanceof RuntimeException problem) {
                        throw problem;
                    }
                    return false;
                }

                @Override
                public Object row() {
                    return rows.get((int) ((read - 1) % rows.size()));
                }

                @Override
                public void close() {
                    open -= closed ? 0 : 1;
                    closed = true;
                }
            };
        }
    }

    /** Must not be closed. */
    private static final class OpenOutput extends ByteArrayOutputStream {
        @Override
        public void close() {
            throw new AssertionError("the format closed the stream, which is not its own");
        }
    }

    /** Gives one byte at a time, as a slow network may. */
    private static final class Trickle extends FilterInputStream {
        private boolean closed;

        Trickle(byte[] bytes) {
            super(new ByteArrayInputStream(bytes));
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            return super.read(into, offset, Math.min(length, 1));
        }

        @Override
        public void close() throws IOException {
            closed = true;
            super.close();
        }
    }

    private static final class FailingOutput extends OutputStream {
        private final IOException failure;

        FailingOutput(IOException failure) {
            this.failure = failure;
        }

        @Override
        public void write(int b) throws IOException {
            throw failure;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            throw failure;
        }
    }

    private static final class FailingInput extends InputStream {
        private final IOException failure;

        FailingInput(IOException failure) {
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw failure;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            throw failure;
        }
    }
}
