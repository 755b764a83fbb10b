package dev.contraflow.benchmarks;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Stored;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Plugin;
import dev.contraflow.spi.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A model of the tee of Kedro-Accelerator 0.3, to be measured beside ours: what a node writes and another reads goes into memory, and from a pool
 * of as many threads as Python gives by default on the same machine ({@code min(32, cores + 4)}) into the storage, in any order, unbounded;
 * inputs of the run and its final outputs are loaded and saved on the node's thread. It takes encoded datasets only, and stops at no error
 * before the end. Thread-safe.
 */
final class OriginalTee implements IoManager {
    private final DatasetAccess access;
    private final IoContext context;
    private final ExecutorService pool;
    private final Map<String, Content> inMemory = new ConcurrentHashMap<>();
    private final Map<String, DatasetResult> results = new ConcurrentHashMap<>();
    private final List<CompletableFuture<Void>> uploads = new ArrayList<>(); // of one thread, as the nodes
    private final List<DatasetException> failures = new ArrayList<>();

    OriginalTee(IoContext context) {
        this.context = context;
        this.access = context.datasets();
        int places = Math.min(32, Runtime.getRuntime().availableProcessors() + 4);
        this.pool = context.threads().pool("original-tee", places, new LinkedBlockingQueue<>());
    }

    /** Brings it as the I/O manager {@code original}. */
    static final class OriginalPlugin implements Plugin {
        @Override
        public String id() {
            return "original";
        }

        @Override
        public void contribute(Contributions contributions) {
            contributions.ioManager(new Factory() {
                @Override
                public String id() {
                    return "original";
                }

                @Override
                public IoManager open(IoContext context) {
                    return new OriginalTee(context);
                }
            });
        }
    }

    @Override
    public NodeIo open(Node node) {
        return new OriginalNodeIo(node);
    }

    private Object load(DatasetRef<?> ref, Node node) throws InterruptedException {
        long start = context.threads().nanoTime();
        Content handedOver = inMemory.get(ref.baseName());
        Content content = handedOver != null ? handedOver : access.fetch(ref, node, Grant.unbounded());
        Runnable done = handedOver != null ? () -> {} : content::close;
        long size = content.size();
        Object value = access.decode(ref, node, content, done);
        access.loaded(
                ref,
                node,
                handedOver != null ? RunEvent.Source.MEMORY : RunEvent.Source.STORAGE,
                handedOver != null ? null : size,
                start);
        return value;
    }

    private void save(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        Content content = access.encode(ref, node, value, Grant.unbounded());
        access.computed(ref, node);
        if (context.plan().dataset(ref).isFinalOutput()) {
            upload(ref, node, content);
            return;
        }
        inMemory.put(ref.baseName(), content);
        uploads.add(CompletableFuture.runAsync(
                () -> {
                    try {
                        upload(ref, node, content);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                pool));
    }

    private void upload(DatasetRef<?> ref, Node node, Content content) throws InterruptedException {
        long start = context.threads().nanoTime();
        access.saveStarted(ref, node);
        @Nullable Stored stored = access.store(ref, node, content);
        results.put(ref.name(), new DatasetResult(ref.name(), DatasetResult.State.DURABLE, stored, null));
        access.durable(ref, node, stored, start);
    }

    @Override
    public Settlement settle(Duration atMost) throws InterruptedException {
        for (CompletableFuture<Void> upload : uploads) {
            try {
                context.threads().get(upload, atMost.toNanos());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof DatasetException failure) {
                    failures.add(failure);
                }
            } catch (TimeoutException e) {
                break;
            }
        }
        for (Node node : context.plan().nodes()) {
            for (DatasetRef<?> output : node.outputs()) {
                results.computeIfAbsent(
                        output.name(),
                        name -> new DatasetResult(name, DatasetResult.State.UNFINISHED, null, "it was not saved"));
            }
        }
        return new Settlement(results, failures);
    }

    @Override
    public void close() {
        pool.shutdownNow();
        inMemory.values().forEach(Content::close);
        inMemory.clear();
    }

    private final class OriginalNodeIo implements NodeIo {
        private final Node node;

        OriginalNodeIo(Node node) {
            this.node = node;
        }

        @Override
        public Object[] load() throws InterruptedException {
            Object[] values = new Object[node.inputs().size()];
            for (int i = 0; i < values.length; i++) {
                DatasetRef<?> ref = node.inputs().get(i);
                values[i] = access.loading(ref, node, () -> OriginalTee.this.load(ref, node));
            }
            return values;
        }

        @Override
        public void save(Object[] outputs) throws InterruptedException {
            for (int i = 0; i < outputs.length; i++) {
                DatasetRef<?> ref = node.outputs().get(i);
                access.saving(ref, node, outputs[i], value -> OriginalTee.this.save(ref, node, value));
            }
        }

        @Override
        public void restore(List<Content> contents) {
            throw new UnsupportedOperationException("it spools nothing that could be restored");
        }

        @Override
        public void close() {
            access.ended(node);
        }
    }
}
