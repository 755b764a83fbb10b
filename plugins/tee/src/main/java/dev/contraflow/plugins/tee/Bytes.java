package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.SpillFailedException;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.IoContext;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and fetches bytes. If there is no disk for what does not fit into memory, they stand in memory nevertheless, as in a plain run, and
 * from then on no node begins before everything is durable. Rows may be larger than any memory: they fail. Thread-safe.
 */
final class Bytes {
    private static final Logger LOG = LoggerFactory.getLogger(Bytes.class);

    private final IoContext context;
    private final DatasetAccess access;
    private final Bookkeeping books;
    private final AtomicBoolean hasWarnedOfDisk = new AtomicBoolean();

    Bytes(IoContext context, Bookkeeping books) {
        this.context = context;
        this.access = context.datasets();
        this.books = books;
    }

    Content encode(DatasetRef<?> ref, Node node, Object value) throws InterruptedException {
        return make(ref, memory -> access.encode(ref, node, value, memory));
    }

    Content fetch(DatasetRef<?> ref, Node node) throws InterruptedException {
        return make(ref, memory -> access.fetch(ref, node, memory));
    }

    private interface InMemory {
        Content run(Grant memory) throws InterruptedException;
    }

    private Content make(DatasetRef<?> ref, InMemory step) throws InterruptedException {
        MemoryBudget memory = books.memory();
        try {
            return step.run(ref.isRows() ? memory.forRows() : memory);
        } catch (DatasetException e) {
            Optional<SpillFailedException> noDisk = SpillFailedException.in(e);
            if (ref.isRows() || noDisk.isEmpty()) {
                throw e;
            }
            withoutDisk(noDisk.get());
            return step.run(Grant.unbounded());
        }
    }

    private void withoutDisk(SpillFailedException noDisk) {
        books.saveInTurn();
        if (!hasWarnedOfDisk.getAndSet(true)) {
            LOG.warn(
                    "At {}: {}. From now on each node waits until everything is saved. Make room there, or give the tee more memory.",
                    context.scratch(),
                    noDisk.getMessage());
        }
    }
}
