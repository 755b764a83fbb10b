package dev.contraflow.testkit;

import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A table in a database, as far as a run can see: it is loaded and saved as a whole, and counts its releases. Thread-safe. */
final class OpaqueLines implements Dataset<List<String>> {
    private final Kind kind;
    private final AtomicInteger releases = new AtomicInteger();
    private final AtomicInteger confirms = new AtomicInteger();
    private @Nullable List<String> rows; // guarded by this, as the next
    private @Nullable IOException failure;
    private @Nullable Thread savedBy;

    OpaqueLines(Kind kind) {
        this.kind = kind;
    }

    enum Kind {
        PERSISTENT,
        SERIAL,
        EPHEMERAL,
        CONFIRMABLE
    }

    int confirms() {
        return confirms.get();
    }

    synchronized void failSaves(IOException with) {
        failure = with;
    }

    int releases() {
        return releases.get();
    }

    synchronized @Nullable Thread savedBy() {
        return savedBy;
    }

    @Override
    public synchronized List<String> load() throws IOException {
        if (rows == null) {
            throw new ObjectNotFoundException("the table is empty", new Location("table", "", "/t"), null);
        }
        return new ArrayList<>(rows);
    }

    @Override
    public synchronized void save(List<String> value) throws IOException {
        savedBy = Thread.currentThread();
        if (failure != null) {
            throw failure;
        }
        rows = List.copyOf(value);
    }

    @Override
    public synchronized boolean exists() {
        return rows != null;
    }

    @Override
    public boolean isPersistent() {
        return kind != Kind.EPHEMERAL;
    }

    @Override
    public boolean isSerial() {
        return kind == Kind.SERIAL;
    }

    @Override
    public Optional<Location> target() {
        return Optional.empty();
    }

    @Override
    public void release() {
        releases.incrementAndGet();
    }

    @Override
    public boolean isConfirmable() {
        return kind == Kind.CONFIRMABLE;
    }

    @Override
    public void confirm() {
        confirms.incrementAndGet();
    }

    @Override
    public String describe() {
        return "table";
    }
}
