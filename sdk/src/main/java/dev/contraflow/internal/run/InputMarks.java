package dev.contraflow.internal.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BoundDatasets;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Content;
import dev.contraflow.spi.RunStoppedException;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The marks of what a run reads and does not write: by them a later attempt knows whether it has changed. The first mark counts, so that what
 * is read is never older. Thread-safe.
 */
final class InputMarks {
    private static final Logger LOG = LoggerFactory.getLogger(InputMarks.class);
    private static final Duration LONGEST = Duration.ofDays(1); // whoever waits is told before

    private final RunThreads threads;
    private final Thread looking = Thread.currentThread();
    private final Map<String, String> marks = new ConcurrentHashMap<>(); // by full name
    private volatile boolean isComplete; // written with this
    private boolean isGivenUp; // guarded by this

    /** To be made by the thread that is going to look. */
    InputMarks(RunThreads threads) {
        this.threads = threads;
    }

    /** Notes what a storage has said. */
    void put(DatasetRef<?> input, String mark) {
        marks.putIfAbsent(input.name(), mark);
    }

    /** What is given by value is marked by its value; of other inputs the storage is asked, unless it has been already. */
    void find(Collection<DatasetRef<?>> inputs, BoundDatasets datasets) {
        List<DatasetRef<?>> unknown = inputs.stream()
                .filter(input -> !marks.containsKey(input.name()))
                .toList();
        SideBySide.all(unknown, input -> {
            put(input, mark(input, datasets.dataset(input)));
            return input;
        });
    }

    private static String mark(DatasetRef<?> input, Dataset<?> dataset) {
        try {
            return dataset.isPersistent()
                    ? dataset.mark().orElse("")
                    : ValueMark.of(Objects.requireNonNull(dataset.load()));
        } catch (IOException | RuntimeException e) {
            LOG.debug("input {} has no mark", input, e); // then nobody knows whether it has changed
            return "";
        }
    }

    /** The run has looked at all that it reads: what is read from now on is not older than its mark. */
    synchronized void complete() {
        isComplete = true;
        threads.wakeAll(this);
    }

    /** The run does not begin: nobody waits for it any more, however its manager is closed. */
    synchronized void giveUp() {
        isGivenUp = true;
        threads.wakeAll(this);
    }

    /** Whether it has. */
    boolean isComplete() {
        return isComplete;
    }

    /** Waits until it has; throws if it never will. */
    synchronized void awaitComplete() throws InterruptedException {
        if (!isComplete && Thread.currentThread() == looking) {
            throw new IllegalStateException(
                    "The thread that opens an I/O manager cannot load: it has to look at the"
                            + " inputs of the run afterwards. Load on threads of IoContext.threads(), or when the first node is opened.");
        }
        while (!isComplete) {
            if (isGivenUp) {
                throw new RunStoppedException();
            }
            threads.await(this, LONGEST.toNanos());
        }
    }

    /**
     * Whether an input that was read too early is what was seen all the same. Waits until that is known. What was seen without a mark may get
     * one later, which is not that of what was read.
     */
    boolean isAsSeen(DatasetRef<?> input, Content read) throws InterruptedException {
        awaitComplete();
        return read.mark().equals(Optional.ofNullable(marks.get(input.name())));
    }

    /** All that are known, by full name. */
    Map<String, String> all() {
        return Map.copyOf(marks);
    }
}
