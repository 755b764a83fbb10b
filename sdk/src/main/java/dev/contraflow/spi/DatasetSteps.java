package dev.contraflow.spi;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetException.Operation;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.internal.Reason;
import dev.contraflow.internal.run.RunSetup;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.StorageException;
import dev.contraflow.run.RunEvent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does single steps of I/O of one run: in turn where a dataset is serial, again where that is allowed, and with a failure that says all
 * that a user needs. Thread-safe.
 */
final class DatasetSteps {
    private static final Logger LOG = LoggerFactory.getLogger(DatasetSteps.class);

    private final RunSetup setup;
    private final RunThreads threads;
    private final Turns turns;
    private final Map<Tried, Integer> attempts = new ConcurrentHashMap<>(); // of what did not succeed at once

    private record Tried(Operation operation, String dataset, String node) {}

    /** One step of I/O. */
    interface Step<T> {
        T run() throws IOException;
    }

    DatasetSteps(RunSetup setup) {
        this.setup = setup;
        this.threads = setup.threads();
        this.turns = new Turns(threads);
    }

    /** How many attempts a step has needed that has succeeded. */
    int attempts(Operation operation, DatasetRef<?> ref, Node node) {
        return attempts.getOrDefault(new Tried(operation, ref.name(), node.name()), 1);
    }

    /** Notes how many it has needed. */
    void needed(Operation operation, DatasetRef<?> ref, Node node, int number) {
        attempts.put(new Tried(operation, ref.name(), node.name()), number);
    }

    /**
     * Does a step, again and again as far as the policy of the dataset allows it.
     *
     * @throws DatasetException if it failed for good
     * @throws InterruptedException if the thread was interrupted
     */
    <T> T attempt(Operation operation, DatasetRef<?> ref, Dataset<?> dataset, Node node, Step<T> step)
            throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                T done = once(dataset, step);
                if (attempt > 1) {
                    needed(operation, ref, node, attempt);
                }
                return done;
            } catch (IOException | RuntimeException | Error e) { // an Error, too, is a failure of its dataset
                if (!setup.choices().retry(ref).isRetried(attempt, e)) {
                    throw failure(operation, ref, dataset, node, e, attempt);
                }
                pause(operation, ref, dataset, node, e, attempt);
            }
        }
    }

    private <T> T once(Dataset<?> dataset, Step<T> step) throws IOException, InterruptedException {
        Turns.Turn turn = dataset.isSerial() ? turns.alone() : turns.withOthers();
        try {
            return step.run();
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            if (Thread.interrupted()) { // else it was a time-out, which is a failure like others
                throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
            }
            throw e;
        } finally {
            turn.close();
        }
    }

    private void pause(
            Operation operation, DatasetRef<?> ref, Dataset<?> dataset, Node node, Throwable failure, int attempt)
            throws InterruptedException {
        Duration delay = setup.choices().retry(ref).delayAfter(attempt, threads.random());
        String message = Reason.of(failure);
        LOG.warn(
                "{} of dataset '{}' failed at attempt {}, and is tried again in {} ms: {}",
                operation,
                ref,
                attempt,
                delay.toMillis(),
                message);
        setup.events()
                .emit(new RunEvent.Retrying(
                        threads.now(),
                        ref.name(),
                        node.name(),
                        dataset.describe(),
                        operation,
                        message,
                        attempt,
                        delay));
        threads.sleep(delay);
    }

    /** The failure of a dataset, for the caller to throw or report. */
    DatasetException failure(
            Operation operation, DatasetRef<?> ref, Dataset<?> dataset, Node node, Throwable cause, int tried) {
        int attempts = Math.max(tried, cause instanceof StorageException storage ? storage.attempts() : 1);
        String place = dataset.describe();
        String reason = ofFile(dataset, cause) + Reason.of(cause);
        StringBuilder message = new StringBuilder("Cannot ")
                .append(operation.name().toLowerCase(Locale.ROOT))
                .append(" dataset '")
                .append(ref)
                .append("' (")
                .append(place)
                .append(operation == Operation.SAVE ? ") of node '" : ") for node '")
                .append(node.name())
                .append("': ")
                .append(reason);
        if (attempts > 1 && !reason.contains(attempts + " attempts")) {
            message.append(" (after ").append(attempts).append(" attempts)");
        }
        if (message.charAt(message.length() - 1) != '.') {
            message.append('.');
        }
        if (cause instanceof ObjectNotFoundException) {
            message.append(howToGetIt(ref));
        }
        setup.datasets()
                .position(ref.name())
                .ifPresent(
                        at -> message.append("\nIt is described at ").append(at).append('.'));
        return new DatasetException(message.toString(), operation, ref.name(), node.name(), place, attempts, cause);
    }

    /** Of a dataset of many files, which it is. */
    private static String ofFile(Dataset<?> dataset, Throwable cause) {
        boolean isOneOfMany = dataset.suffixOfFiles().isPresent() && cause instanceof StorageException;
        return isOneOfMany ? ((StorageException) cause).location() + ": " : "";
    }

    private String howToGetIt(DatasetRef<?> ref) {
        Node writer = setup.plan().dataset(ref).writer();
        return writer == null
                ? " Put it there, run the node that writes it, or correct its filepath."
                : " Run node '" + writer.name() + "' first, or correct its filepath.";
    }
}
