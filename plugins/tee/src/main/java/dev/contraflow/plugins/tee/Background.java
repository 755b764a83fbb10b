package dev.contraflow.plugins.tee;

import dev.contraflow.spi.IoContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of the tee: a bounded pool for transfers, and one for encoding, as large as the machine has cores. Thread-safe. */
final class Background {
    private static final Logger LOG = LoggerFactory.getLogger(Background.class);

    private final IoContext context;
    private final Duration lastWait;
    private final ExecutorService transfers;
    private final ExecutorService encoders;

    /** @param lastWait how long a transfer may take to end after it was interrupted */
    Background(IoContext context, int transfers, Duration lastWait) {
        this.context = context;
        this.lastWait = lastWait;
        this.transfers = pool("transfer", transfers);
        this.encoders = pool("encode", Runtime.getRuntime().availableProcessors());
    }

    private ExecutorService pool(String what, int most) {
        return context.threads().pool("contraflow-" + what + "-" + context.runId(), most, new LinkedBlockingQueue<>());
    }

    Executor transfers() {
        return transfers;
    }

    /** @param defect gets what the task throws */
    void transfer(Runnable task, Consumer<Throwable> defect) {
        start(task, defect, transfers);
    }

    /** @param defect gets what the task throws */
    void encode(Runnable task, Consumer<Throwable> defect) {
        start(task, defect, encoders);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its last stage reports whatever went wrong
    private static void start(Runnable task, Consumer<Throwable> defect, Executor pool) {
        CompletableFuture.runAsync(task, pool).whenComplete((done, failure) -> report(failure, defect));
    }

    private static void report(@Nullable Throwable failure, Consumer<Throwable> defect) {
        if (failure != null) {
            Throwable thrown = failure.getCause(); // by the task: the future has wrapped it
            defect.accept(thrown == null ? failure : thrown);
        }
    }

    /** Interrupts what is still under way, and waits for it, so that nothing is left behind: no thread, no open upload. */
    void end(TeeSpool spool) {
        encoders.shutdownNow();
        transfers.shutdownNow();
        spool.stop();
        boolean interrupted = Thread.interrupted();
        try {
            boolean ended = encoders.awaitTermination(lastWait.toMillis(), TimeUnit.MILLISECONDS);
            ended &= transfers.awaitTermination(
                    lastWait.toMillis(), TimeUnit.MILLISECONDS); // whatever became of the others
            ended &= spool.awaitEnd(lastWait);
            if (!ended) {
                LOG.error("A transfer of run {} does not end, though it was interrupted", context.runId());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
