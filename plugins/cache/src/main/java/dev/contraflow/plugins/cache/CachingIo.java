package dev.contraflow.plugins.cache;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.run.RunEvent;
import dev.contraflow.spi.DirectIo;
import dev.contraflow.spi.Freezer;
import dev.contraflow.spi.Handover;
import dev.contraflow.spi.IoContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Saves as a plain run does, and keeps what it saved for the readers: the frozen value where they may share it, else the bytes. It has no
 * memory budget: it holds every intermediate until its last reader is done. Thread-safe.
 */
final class CachingIo extends DirectIo {
    private final Map<String, Handover> kept = new ConcurrentHashMap<>(); // by name without view

    CachingIo(IoContext context, Form form) {
        super(context, form);
    }

    /** Frozen before it is encoded, so that what readers get is what was stored. */
    @Override
    protected Object beforeEncoding(DatasetRef<?> ref, Object value) {
        Object frozen = Freezer.freeze(value, ref.type());
        return frozen == null ? value : frozen;
    }

    @Override
    protected void keep(DatasetRef<?> ref, Object value, Content content) {
        if (context().plan().dataset(ref).isFinalOutput()) {
            content.close();
            return;
        }
        boolean isExact = context().datasets().dataset(ref).isExact();
        Object frozen = isExact ? Freezer.freeze(value, ref.type()) : null;
        kept.put(ref.baseName(), new Handover(ref, isExact, frozen, content));
    }

    @Override
    protected Object load(DatasetRef<?> ref, Node node) throws InterruptedException {
        Handover handover = kept.get(ref.baseName());
        if (handover == null) {
            return super.load(ref, node);
        }
        long start = context().threads().nanoTime();
        Object shared = handover.sharedWith(ref);
        Content content = handover.content();
        boolean isOpaqueView = context().datasets().encoded(ref) == null;
        Object value = shared != null || content == null || isOpaqueView
                ? shared
                : context().datasets().decode(ref, node, content, () -> {}); // it is kept until its last reader ends
        if (value == null) {
            return super.load(ref, node);
        }
        context().datasets().loaded(ref, node, RunEvent.Source.MEMORY, null, start);
        return value;
    }

    @Override
    protected void release(String dataset) {
        Handover handover = kept.remove(dataset);
        if (handover != null && handover.content() != null) {
            handover.content().close();
        }
    }

    @Override
    public void close() {
        super.close();
        kept.keySet().forEach(this::release);
    }
}
