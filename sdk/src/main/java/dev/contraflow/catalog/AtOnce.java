package dev.contraflow.catalog;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Does the same with many small files, several at once, on threads that end with it. The storage bounds its requests on its own. */
final class AtOnce {
    private static final int THREADS = 16;

    private AtOnce() {}

    /** What is done with one item. */
    interface Step<T, R> {
        R run(T item) throws IOException;
    }

    /**
     * @return what became of the items, in their order
     * @throws IOException what the first step threw that failed; the others were interrupted, and have ended
     * @throws InterruptedIOException if the thread was interrupted, whose flag is set; all steps have ended
     */
    static <T, R> List<R> each(List<T> items, Step<T, R> step) throws IOException {
        if (items.size() < 2) {
            return items.isEmpty() ? List.of() : List.of(step.run(items.get(0)));
        }
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(THREADS, items.size()), task -> {
            Thread thread = new Thread(task, "contraflow-partitions");
            thread.setDaemon(true);
            return thread;
        });
        try {
            return awaitAll(pool, items, step);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            throw rethrown(Objects.requireNonNull(e.getCause()));
        } finally {
            end(pool);
        }
    }

    private static <T, R> List<R> awaitAll(ExecutorService pool, List<T> items, Step<T, R> step)
            throws InterruptedException, ExecutionException {
        CompletionService<R> steps = new ExecutorCompletionService<>(pool);
        List<Future<R>> futures = new ArrayList<>();
        for (T item : items) {
            futures.add(steps.submit(() -> step.run(item)));
        }
        for (int i = 0; i < items.size(); i++) {
            steps.take().get(); // whichever ends: a failure is met at once
        }
        List<R> all = new ArrayList<>();
        for (Future<R> future : futures) {
            all.add(future.get());
        }
        return all;
    }

    private static IOException rethrown(Throwable cause) {
        if (cause instanceof RuntimeException problem) {
            throw problem;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof IOException failure ? failure : new IOException(cause);
    }

    /** What the steps use is the caller's, who may close it as soon as this returns. */
    private static void end(ExecutorService pool) {
        pool.shutdownNow();
        boolean interrupted = false;
        while (!pool.isTerminated()) {
            try {
                pool.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
