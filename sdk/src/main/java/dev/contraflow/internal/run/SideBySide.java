package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Asks many short questions of storages before a run, several at once. */
final class SideBySide {
    private static final int AT_ONCE = 16;
    private static final Duration LONGEST =
            Duration.ofMinutes(15); // a storage gives up after its own deadline, ten minutes

    private SideBySide() {}

    /**
     * The answers, in the order of the questions.
     *
     * @throws CatalogException if a question threw one, the thread was interrupted, or the storages do not answer
     */
    static <Q, A> List<A> all(Collection<Q> questions, Function<Q, A> ask) {
        if (questions.isEmpty()) {
            return List.of();
        }
        ExecutorService pool = Executors.newFixedThreadPool(Math.min(AT_ONCE, questions.size()), task -> {
            Thread thread = new Thread(task, "contraflow-preflight");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<A>> futures = new ArrayList<>();
            questions.forEach(question -> futures.add(pool.submit(() -> ask.apply(question))));
            long deadline = System.nanoTime() + LONGEST.toNanos();
            List<A> answers = new ArrayList<>();
            for (Future<A> future : futures) {
                answers.add(future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
            }
            return answers;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CatalogException("Interrupted while checking what exists. Nothing has been run.", e);
        } catch (TimeoutException e) {
            throw new CatalogException(
                    "The storages did not say within " + LONGEST.toMinutes()
                            + " minutes what exists. Nothing has been run. Check that they can be reached.",
                    e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof CatalogException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }
}
