package dev.contraflow.testkit;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Plugin;
import dev.contraflow.spi.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An I/O manager whose runs get as far as a run can that computes everything and stores nothing: all outputs stand in the spool. With it a test has
 * something to restore, whatever manager it is about. Stateless and thread-safe.
 */
final class SpoolOnlyIo implements Plugin, IoManager.Factory {
    @Override
    public String id() {
        return "spool-only";
    }

    @Override
    public void contribute(Contributions contributions) {
        contributions.ioManager(this);
    }

    @Override
    public IoManager open(IoContext context) {
        DatasetAccess access = context.datasets();
        Map<String, Object> computed = new ConcurrentHashMap<>(); // by name without view
        return new IoManager() {
            @Override
            public NodeIo open(Node node) {
                return new SpoolingNode(access, node, computed);
            }

            @Override
            public Settlement settle(Duration atMost) {
                return new Settlement(Map.of(), List.of());
            }

            @Override
            public void close() {}
        };
    }

    private record SpoolingNode(DatasetAccess access, Node node, Map<String, Object> computed)
            implements IoManager.NodeIo {
        @Override
        public Object[] load() throws InterruptedException {
            Object[] values = new Object[node.inputs().size()];
            for (int i = 0; i < values.length; i++) {
                DatasetRef<?> ref = node.inputs().get(i);
                Object own = computed.get(ref.baseName());
                values[i] = own == null ? access.load(ref, node) : own;
            }
            return values;
        }

        @Override
        public void save(Object[] outputs) throws InterruptedException {
            for (int i = 0; i < outputs.length; i++) {
                DatasetRef<?> ref = node.outputs().get(i);
                try (Content content = access.encode(ref, node, outputs[i], Grant.unbounded())) {
                    access.spool(ref, node, content, Long.MAX_VALUE);
                }
                computed.put(ref.baseName(), Objects.requireNonNull(outputs[i]));
            }
        }

        @Override
        public void restore(List<Content> contents) {
            throw new IllegalStateException("nothing was spooled before");
        }

        @Override
        public void close() {
            access.ended(node);
        }
    }
}
