package dev.contraflow;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A sequence of rows that may be larger than memory: it is not the rows but a way to read them, one after the other, any number of times. A
 * dataset whose ref is made by {@link DatasetRef#rowsOf} is such a sequence, for the node that writes it and for the nodes that read it:
 *
 * <pre>{@code
 * static Rows<Fare> fares(Rows<Trip> trips) {
 *   return trips.filter(trip -> trip.km() > 0).map(Fare::of);
 * }
 * }</pre>
 *
 * <ul>
 *   <li><b>Rows that a node reads</b> come from the dataset's bytes while the node reads them. They are valid until what the node returned
 *       has been taken over; the run closes what was left open then, and opening them later is an {@link IllegalStateException}. Every
 *       {@link #open} begins anew and gives the same rows. What cannot be read is a {@link DatasetException} of that dataset.
 *   <li><b>Rows that a node returns</b> are read to the end once for each dataset that they are returned for, on the node's thread, right
 *       after the node has returned and before any of its outputs is saved; what it has read is still open then. An exception of
 *       the user's functions at that time is the node's failure ({@link NodeException}), as if the node had thrown it.
 *   <li>Only a ref of this very type makes rows: a {@code List} is never streamed, and a value of another type never becomes rows.
 *   <li>A dataset in memory keeps its rows in a list, since what they are made of is closed when their node ends.
 * </ul>
 *
 * <p>Rows are immutable, and safe for several threads if their source is (what a run hands to a node is); a {@link Cursor} belongs to one
 * thread at a time. An implementation is one function: {@code Rows<Trip> trips = () -> new TripCursor(..)}.
 *
 * @param <T> the type of a row; a row may be null where the format has nulls
 */
@FunctionalInterface
public interface Rows<T extends @Nullable Object> {
    /**
     * Opens the rows at their beginning.
     *
     * @return a new cursor, before the first row; the caller closes it
     * @throws IOException if they cannot be opened; nothing is left open then
     * @throws IllegalStateException if a run gave these rows to a node, and the node has ended
     */
    Cursor<T> open() throws IOException;

    /**
     * Stands at one row of the rows and goes on to the next. After an exception it can only be closed. Not thread-safe.
     *
     * @param <T> the type of a row
     */
    interface Cursor<T extends @Nullable Object> extends Closeable {
        /**
         * Goes on to the next row.
         *
         * @return false at the end of the rows, and from then on
         * @throws IOException if the next row cannot be read
         */
        boolean advance() throws IOException;

        /**
         * The row that it stands at. Asked only after {@link #advance} has said true; asked again, it is the same row.
         *
         * @return the row
         */
        T row();

        /**
         * Lets go of what it reads from. Calling it again does nothing.
         *
         * @throws IOException if that fails
         */
        @Override
        void close() throws IOException;

        /**
         * This cursor, with something more to close.
         *
         * @param resource what the cursor reads from; from now on the new cursor's, which closes it after this one
         * @return the new cursor
         */
        default Cursor<T> onClose(Closeable resource) {
            return new Cursors.Owning<>(this, resource);
        }
    }

    /**
     * Rows that stand in memory.
     *
     * @param rows the rows; the list is copied, its elements are not
     * @return the rows, which hold no resource
     */
    static <T extends @Nullable Object> Rows<T> of(List<? extends T> rows) {
        return new ListRows<>(Collections.unmodifiableList(new ArrayList<T>(rows)));
    }

    /**
     * Rows that a program makes or reads itself. Each open asks for a new stream and reads it on one thread; closing the cursor closes
     * the stream.
     *
     * @param source gives the rows from the beginning, every time
     * @return the rows
     */
    static <T extends @Nullable Object> Rows<T> from(Source<? extends T> source) {
        Objects.requireNonNull(source, "source is null");
        return () -> StreamCursor.open(source);
    }

    /** Gives rows from the beginning, as a stream of its own every time: {@code () -> Files.lines(path)}. */
    @FunctionalInterface
    interface Source<T extends @Nullable Object> {
        /** Opens the rows. It may throw anything. */
        Stream<T> open() throws Exception;
    }

    /** A function of the user's on one row. */
    @FunctionalInterface
    interface Mapper<T extends @Nullable Object, R extends @Nullable Object> {
        /** Makes something of a row. It may throw anything. */
        R apply(T row) throws Exception;
    }

    /** A condition of the user's on one row. */
    @FunctionalInterface
    interface Condition<T extends @Nullable Object> {
        /** Whether it holds for a row. It may throw anything. */
        boolean test(T row) throws Exception;
    }

    /**
     * What a function makes of each row. Nothing happens before the new rows are read; each time they are, it is called again.
     *
     * @param function called once for each row. A checked exception other than {@link IOException} reaches whoever reads the rows as the
     *     cause of an {@link java.lang.reflect.UndeclaredThrowableException}; a run takes it out again
     * @return the new rows
     */
    default <R extends @Nullable Object> Rows<R> map(Mapper<? super T, ? extends R> function) {
        Objects.requireNonNull(function, "function is null");
        return () -> new Cursors.Mapped<>(open(), function);
    }

    /**
     * The rows for which a condition holds, in their order. Otherwise as {@link #map}.
     *
     * @param condition tested once for each row
     * @return the new rows
     */
    default Rows<T> filter(Condition<? super T> condition) {
        Objects.requireNonNull(condition, "condition is null");
        return () -> new Cursors.Filtered<>(open(), condition);
    }

    /**
     * All that a function makes of the rows, in their order: none, one or several for each. Otherwise as {@link #map}.
     *
     * @param function called once for each row; what it gives is held in memory until its last element has been read
     * @return the new rows
     */
    default <R extends @Nullable Object> Rows<R> flatMap(Mapper<? super T, ? extends Iterable<? extends R>> function) {
        Objects.requireNonNull(function, "function is null");
        return () -> new Cursors.Flattened<>(open(), function);
    }

    /**
     * The rows as a sequential stream, for those who know streams better than cursors. It is closed by reading it to the end, by {@code
     * close}, or, within a node, by the end of the node.
     *
     * @return a new stream
     * @throws UncheckedIOException if the rows cannot be opened, or, while it is used, if one cannot be read
     */
    default Stream<T> stream() {
        try {
            return RowSpliterator.stream(open());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads the rows to the end and counts them.
     *
     * @return how many they are
     * @throws IOException if one cannot be read
     */
    default long count() throws IOException {
        long count = 0;
        try (Cursor<T> cursor = open()) {
            while (cursor.advance()) {
                count++;
            }
        }
        return count;
    }

    /**
     * Reads the rows into memory.
     *
     * @return all rows; unmodifiable
     * @throws IOException if one cannot be read
     */
    default List<T> toList() throws IOException {
        List<T> rows = new ArrayList<>();
        try (Cursor<T> cursor = open()) {
            while (cursor.advance()) {
                rows.add(cursor.row());
            }
        }
        return Collections.unmodifiableList(rows);
    }
}
