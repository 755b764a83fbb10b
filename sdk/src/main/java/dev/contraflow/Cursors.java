package dev.contraflow;

import dev.contraflow.Rows.Condition;
import dev.contraflow.Rows.Cursor;
import dev.contraflow.Rows.Mapper;
import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Collections;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The cursors of rows that are made of other rows. Each owns the cursor that it reads. */
final class Cursors {
    private Cursors() {}

    /** What a function of the user's threw: thrown as it is if a cursor may throw it, else as the cause of what it may throw. */
    static IOException thrown(Exception e) {
        if (e instanceof IOException failure) {
            return failure;
        }
        if (e instanceof RuntimeException failure) {
            throw failure;
        }
        throw new UndeclaredThrowableException(e, "a function on rows failed");
    }

    private abstract static class Derived<T extends @Nullable Object, R extends @Nullable Object> implements Cursor<R> {
        final Cursor<T> from;

        @Nullable
        R row;

        Derived(Cursor<T> from) {
            this.from = from;
        }

        @Override
        @SuppressWarnings("NullAway") // null only where R may be
        public final R row() {
            return row;
        }

        @Override
        public final void close() throws IOException {
            row = null;
            from.close();
        }
    }

    static final class Owning<T extends @Nullable Object> implements Cursor<T> {
        private final Cursor<T> from;
        private final Closeable resource;

        Owning(Cursor<T> from, Closeable resource) {
            this.from = from;
            this.resource = Objects.requireNonNull(resource, "resource is null");
        }

        @Override
        public boolean advance() throws IOException {
            return from.advance();
        }

        @Override
        public T row() {
            return from.row();
        }

        @Override
        public void close() throws IOException {
            try (resource) {
                from.close();
            }
        }
    }

    static final class Mapped<T extends @Nullable Object, R extends @Nullable Object> extends Derived<T, R> {
        private final Mapper<? super T, ? extends R> function;

        Mapped(Cursor<T> from, Mapper<? super T, ? extends R> function) {
            super(from);
            this.function = function;
        }

        @Override
        public boolean advance() throws IOException {
            row = null;
            if (!from.advance()) {
                return false;
            }
            try {
                row = function.apply(from.row());
                return true;
            } catch (Exception e) {
                throw thrown(e);
            }
        }
    }

    static final class Filtered<T extends @Nullable Object> extends Derived<T, T> {
        private final Condition<? super T> condition;

        Filtered(Cursor<T> from, Condition<? super T> condition) {
            super(from);
            this.condition = condition;
        }

        @Override
        public boolean advance() throws IOException {
            while (from.advance()) {
                row = from.row();
                try {
                    if (condition.test(row)) {
                        return true;
                    }
                } catch (Exception e) {
                    throw thrown(e);
                }
            }
            row = null;
            return false;
        }
    }

    static final class Flattened<T extends @Nullable Object, R extends @Nullable Object> extends Derived<T, R> {
        private final Mapper<? super T, ? extends Iterable<? extends R>> function;
        private Iterator<? extends R> parts = Collections.emptyIterator();

        Flattened(Cursor<T> from, Mapper<? super T, ? extends Iterable<? extends R>> function) {
            super(from);
            this.function = function;
        }

        @Override
        public boolean advance() throws IOException {
            row = null;
            while (!parts.hasNext()) {
                if (!from.advance()) {
                    return false;
                }
                try {
                    parts = Objects.requireNonNull(function.apply(from.row()), "the function gave null for a row")
                            .iterator();
                } catch (Exception e) {
                    throw thrown(e);
                }
            }
            row = parts.next();
            return true;
        }
    }
}
