package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetException.Operation;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.RunStoppedException;
import dev.contraflow.spi.UpstreamFailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** How a node waits for a dataset, and what it is told if that will never be there. Thread-safe. */
final class Waits {
    private final IoContext context;
    private final Duration limit;

    Waits(IoContext context, Duration limit) {
        this.context = context;
        this.limit = limit;
    }

    /** Waits for what a node reads. */
    void await(CompletableFuture<Void> future, DatasetRef<?> ref, Node node) throws InterruptedException {
        await(future, Operation.LOAD, ref, node, "it was not ready");
    }

    /** @param late what to say if it takes too long */
    void await(CompletableFuture<Void> future, Operation operation, DatasetRef<?> ref, Node node, String late)
            throws InterruptedException {
        try {
            context.threads().get(future, limit.toNanos());
        } catch (ExecutionException e) {
            throw gone(context, ref);
        } catch (TimeoutException e) {
            throw context.datasets()
                    .failure(
                            operation,
                            ref,
                            node,
                            new IOException(late + " after " + limit + " (wait_limit of the tee)"));
        }
    }

    /** A dataset could not be saved. The failure itself is reported by settle. */
    static RuntimeException gone(IoContext context, DatasetRef<?> ref) {
        return context.onFailure() == FailurePolicy.KEEP_GOING ? upstreamFailed(ref.name()) : new RunStoppedException();
    }

    static UpstreamFailedException upstreamFailed(String dataset) {
        return new UpstreamFailedException(
                "dataset '" + dataset + "' could not be saved, or descends from one that could not");
    }
}
