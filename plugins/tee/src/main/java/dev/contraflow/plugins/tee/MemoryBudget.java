package dev.contraflow.plugins.tee;

import dev.contraflow.io.Grant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/** The bytes that one run may hold in memory. Never waits; asks once for room before it refuses. Thread-safe. */
final class MemoryBudget implements Grant {
    private final long limit;
    private final Path spillFolder;
    private final Room room;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();

    MemoryBudget(long limit, Path spillFolder, Room room) {
        this.limit = limit;
        this.spillFolder = spillFolder;
        this.room = room;
    }

    /** Lets go of what can be loaded again. */
    interface Room {
        void make(long bytes);
    }

    @Override
    public boolean tryTake(long bytes) {
        if (tryTakeWhatIsFree(bytes)) {
            return true;
        }
        if (bytes <= limit) {
            room.make(used.get() + bytes - limit);
        }
        return tryTakeWhatIsFree(bytes);
    }

    boolean tryTakeWhatIsFree(long bytes) {
        return tryTakeBelow(limit, bytes);
    }

    /**
     * For rows, which may be larger than any memory: they push nothing out, and leave half of it to what is handed over by value.
     *
     * @return a grant that takes from this budget
     */
    Grant forRows() {
        return new Grant() {
            @Override
            public boolean tryTake(long bytes) {
                return tryTakeBelow(limit / 2, bytes);
            }

            @Override
            public void giveBack(long bytes) {
                MemoryBudget.this.giveBack(bytes);
            }

            @Override
            public Path newSpillFile() throws IOException {
                return MemoryBudget.this.newSpillFile();
            }
        };
    }

    private boolean tryTakeBelow(long most, long bytes) {
        for (long now = used.get(); now + bytes <= most; now = used.get()) {
            if (used.compareAndSet(now, now + bytes)) {
                peak.accumulateAndGet(now + bytes, Math::max);
                return true;
            }
        }
        return false;
    }

    @Override
    public void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    @Override
    public Path newSpillFile() throws IOException {
        Files.createDirectories(spillFolder);
        return Files.createTempFile(spillFolder, "content-", ".spill");
    }

    long used() {
        return used.get();
    }

    long peak() {
        return peak.get();
    }
}
