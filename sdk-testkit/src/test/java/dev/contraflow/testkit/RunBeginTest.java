package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Plugin;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunExecution;
import dev.contraflow.spi.Settlement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The begin of a run that goes wrong at its last moment. */
class RunBeginTest {
    @TempDir
    private Path folder;

    /** Is at a loss for its id once the record of the run is begun. */
    private static final class Forgetful implements PipelineRunner {
        private int asked;

        @Override
        public String id() {
            if (++asked > 2) {
                throw new IllegalStateException("who am I?");
            }
            return "forgetful";
        }

        @Override
        public PipelineResult run(RunRequest request) {
            return RunExecution.begin(request, this).finish();
        }
    }

    /** Knows whether it was closed; nothing is asked of it before. */
    private static final class Closing implements Plugin, IoManager.Factory, IoManager {
        private Consumer<IoContext> opening = context -> {};
        private Runnable closing = () -> {};
        private boolean isClosed;

        @Override
        public String id() {
            return "closing";
        }

        @Override
        public void contribute(Contributions contributions) {
            contributions.ioManager(this);
        }

        @Override
        public IoManager open(IoContext context) {
            opening.accept(context);
            return this;
        }

        @Override
        public NodeIo open(Node node) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Settlement settle(Duration atMost) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            isClosed = true;
            closing.run();
        }
    }

    @Test
    void closesTheManagerAndLetsGoOfTheLock() {
        Closing io = new Closing();
        io.closing = () -> {
            throw new IllegalStateException("nor can I end");
        };
        RunId runId = new RunId("first");
        try (RunBench bench = new RunBench(folder)) {
            DatasetRef<List<String>> a = bench.file("a");
            Node make = Node.named("make").readsNothing().writes(a).by(() -> List.of("x"));
            assertThatThrownBy(() -> bench.run(
                            new Forgetful(),
                            request -> request.withProviders(
                                            Providers.builder().plugin(io).build())
                                    .withIo("closing")
                                    .withRunId(runId),
                            make))
                    .hasMessage("who am I?");
            assertThat(io.isClosed).as("closed").isTrue();

            assertThat(bench.run(
                                    RunBench.oneByOne(),
                                    request -> request.withIo("plain").resume(),
                                    make)
                            .state())
                    .isEqualTo(PipelineResult.State.SUCCEEDED);
        }
    }

    /** An input that is not made of bytes. Each run is refused once it has looked at it. */
    private static final class Opaque extends ForwardingDataset<List<String>> {
        private final AtomicReference<@Nullable Thread> loader = new AtomicReference<>();
        private final AtomicBoolean isLoaded = new AtomicBoolean();

        Opaque() {
            super(new MemoryDataset<>("in"));
        }

        @Override
        public boolean isPersistent() {
            return true;
        }

        @Override
        public List<String> load() {
            isLoaded.set(true);
            return List.of("x");
        }

        @Override
        public Optional<String> mark() throws IOException {
            while (!isLoaded.get() && !isWaiting(loader.get())) {
                Thread.onSpinWait();
            }
            throw new IOException(isLoaded.get() ? "loaded too early" : "seen");
        }

        private static boolean isWaiting(@Nullable Thread thread) {
            return thread != null && thread.getState() == Thread.State.TIMED_WAITING;
        }
    }

    private static Object load(IoContext context) {
        Node reader = context.plan().nodes().get(0);
        try {
            return context.datasets().load(reader.inputs().get(0), reader);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void isRefused(Closing io, Opaque in, String why) {
        try (RunBench bench = new RunBench(folder)) {
            Node copy = Node.named("copy")
                    .reads(bench.add("in", in))
                    .writes(bench.file("a"))
                    .by(lines -> lines);
            assertThatThrownBy(() -> bench.run(
                            RunBench.oneByOne(),
                            request -> request.withProviders(
                                            Providers.builder().plugin(io).build())
                                    .withIo("closing"),
                            copy))
                    .hasMessageContaining(why);
        }
    }

    /** Nobody could tell afterwards whether it was what the run has seen. */
    @Test
    @Timeout(60)
    void whatIsNotMadeOfBytesIsNotLoadedBeforeTheRunHasLooked() {
        Closing io = new Closing();
        Opaque in = new Opaque();
        io.opening = context -> {
            ExecutorService pool = context.threads().pool("loads", 1, new LinkedBlockingQueue<>());
            io.closing = pool::shutdownNow;
            pool.execute(() -> {
                in.loader.set(Thread.currentThread());
                load(context);
            });
        };
        isRefused(io, in, "cannot be reached: seen.");
        assertThat(io.isClosed).as("closed").isTrue();
    }

    /** Not every manager interrupts what it waits for. */
    @Test
    @Timeout(60)
    void whoWaitsForTheLookIsToldIfTheRunIsRefused() {
        Closing io = new Closing();
        Opaque in = new Opaque();
        AtomicBoolean hasEnded = new AtomicBoolean();
        io.opening = context -> {
            ExecutorService pool = context.threads().pool("loads", 1, new LinkedBlockingQueue<>());
            pool.execute(() -> {
                in.loader.set(Thread.currentThread());
                load(context);
            });
            io.closing = () -> hasEnded.set(hasEnded(pool));
        };
        isRefused(io, in, "cannot be reached: seen.");
        assertThat(hasEnded).as("ended in time").isTrue();
    }

    private static boolean hasEnded(ExecutorService pool) {
        pool.shutdown();
        try {
            return pool.awaitTermination(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** It would wait for what it has to do itself. */
    @Test
    @Timeout(60)
    void aManagerThatLoadsWhileItIsOpenedIsTold() {
        Closing io = new Closing();
        Opaque in = new Opaque();
        io.opening = RunBeginTest::load;
        isRefused(io, in, "The thread that opens an I/O manager cannot load");
        assertThat(in.isLoaded).isFalse();
    }
}
