package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoManager.NodeIo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The loads and saves of one node that was admitted. Used by one thread. */
final class TeeNodeIo implements NodeIo {
    private final Node node;
    private final int place;
    private final DatasetAccess access;
    private final Parts parts;
    private final Map<Held, Object> sharing = new HashMap<>(); // if changes of values are looked for
    private boolean done;

    /** Who does it. */
    record Parts(Bookkeeping books, Loads loads, Saves saves, Confirms confirms) {}

    /** @param place that of the node in the plan */
    TeeNodeIo(Node node, int place, DatasetAccess access, Parts parts) {
        this.node = node;
        this.place = place;
        this.access = access;
        this.parts = parts;
    }

    @Override
    public Object[] load() throws InterruptedException {
        Object[] values = new Object[node.inputs().size()];
        for (int i = 0; i < values.length; i++) {
            DatasetRef<?> ref = node.inputs().get(i);
            int before = node.inputs().indexOf(ref); // loaded once, though it stand twice
            values[i] = before < i
                    ? values[before]
                    : access.loading(ref, node, () -> parts.loads().load(ref, node, sharing));
        }
        return values;
    }

    @Override
    public void save(Object[] outputs) throws InterruptedException {
        for (Map.Entry<Held, Object> input : sharing.entrySet()) {
            if (parts.loads().hasChanged(input.getKey(), input.getValue())) {
                throw MutationCheck.changedBy(input.getKey().ref, node);
            }
        }
        Object[] values = outputs.clone();
        @Nullable Content[] rows = new @Nullable Content[values.length];
        try {
            readRows(values, rows);
            saveAll(values, rows);
        } finally {
            for (Content abandoned : rows) {
                if (abandoned != null) {
                    abandoned.close();
                }
            }
        }
        if (!node.confirms().isEmpty() && values.length == node.outputs().size()) {
            parts.confirms().confirmOnceDurable(node);
        }
    }

    @Override
    public void restore(List<Content> contents) throws InterruptedException {
        for (int i = 0; i < contents.size(); i++) {
            parts.saves().restore(node.outputs().get(i), node, contents.get(i));
        }
        if (!node.confirms().isEmpty()) {
            parts.confirms().confirmOnceDurable(node);
        }
    }

    /** All rows, before anything is saved: what is made of bytes first, then what reads them while it saves. */
    private void readRows(Object[] values, @Nullable Content[] rows) throws InterruptedException {
        for (int i = 0; i < values.length; i++) {
            DatasetRef<?> ref = node.outputs().get(i);
            if (ref.isRows()) {
                values[i] = access.beforeSave(ref, node, values[i]);
                rows[i] = parts.saves().encodeRows(ref, node, values[i]);
            }
        }
        for (int i = 0; i < values.length; i++) {
            DatasetRef<?> ref = node.outputs().get(i);
            if (ref.isRows() && rows[i] == null) {
                parts.saves().saveReadingRows(ref, node, values[i]);
                access.afterSave(ref, node, values[i]);
            }
        }
    }

    private void saveAll(Object[] values, @Nullable Content[] rows) throws InterruptedException {
        for (int i = 0; i < values.length; i++) {
            DatasetRef<?> ref = node.outputs().get(i);
            Content encoded = rows[i];
            rows[i] = null;
            if (encoded != null) {
                parts.saves().saveRows(ref, node, encoded);
                access.afterSave(ref, node, values[i]);
            } else if (!ref.isRows()) {
                access.saving(ref, node, values[i], saved -> parts.saves().save(ref, node, saved));
            }
        }
    }

    @Override
    public void close() {
        if (!done) {
            done = true;
            try {
                access.ended(node);
            } finally {
                parts.books().ended(node, place);
            }
        }
    }
}
