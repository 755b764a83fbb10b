package dev.contraflow.plugins.tee;

import dev.contraflow.Node;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tee: {@link TeeDecisions} says what is done when, {@link Bookkeeping} drives it under one lock, {@link Loads}, {@link Saves}, {@link
 * Uploads} and {@link Confirms} do it, on the threads of nodes and on those of {@link Background}. Thread-safe.
 */
final class TeeIo implements IoManager {
    private static final Logger LOG = LoggerFactory.getLogger(TeeIo.class);
    private static final Duration LAST_WAIT = Duration.ofSeconds(30);
    private static final long MIB = 1 << 20;

    private final IoContext context;
    private final Background background;
    private final TeeSpool spool;
    private final Bookkeeping books;
    private final TeeNodeIo.Parts parts;

    TeeIo(IoContext context, TeeOptions options) {
        this(context, options, LAST_WAIT);
    }

    /** @param lastWait how long a transfer may take to end after it was interrupted */
    TeeIo(IoContext context, TeeOptions options, Duration lastWait) {
        this.context = context;
        this.background = new Background(context, options.transfers(), lastWait);
        this.spool = new TeeSpool(context, options.spool());
        this.books = new Bookkeeping(context, options, background, spool);
        Bytes bytes = new Bytes(context, books);
        Waits waits = new Waits(context, options.waitLimit());
        Loads loads = new Loads(context, options, books, bytes, waits);
        Uploads uploads = new Uploads(context, options, books, bytes, background, spool);
        this.parts = new TeeNodeIo.Parts(
                books,
                loads,
                new Saves(context, options, books, bytes, waits, uploads),
                new Confirms(context.datasets(), books, background));
        books.begin(new Bookkeeping.Work(uploads::transfer, uploads::commit, uploads::abandon, loads::fetch));
    }

    @Override
    public NodeIo open(Node node) throws InterruptedException {
        int place = context.plan().position(node);
        books.admit(node, place);
        return new TeeNodeIo(node, place, context.datasets(), parts);
    }

    @Override
    public Settlement settle(Duration atMost) throws InterruptedException {
        List<Held> late = books.settle(atMost);
        endThreads();
        return books.settlement(late);
    }

    @Override
    public Optional<String> advice(Throwable failure) {
        long held = (memory().peak() + MIB - 1) / MIB;
        boolean isOfMemory = failure instanceof OutOfMemoryError || failure.getCause() instanceof OutOfMemoryError;
        return !isOfMemory || held == 0
                ? Optional.empty()
                : Optional.of(
                        "The tee has held up to " + held + " MiB of encoded values for later nodes and saves. Give the"
                                + " JVM more heap (-Xmx), or the tee less of it: 'tee: {memory: 1MiB}' in run.yml.");
    }

    private void endThreads() {
        if (books.close()) { // else it was waited for once, and a second time would not help
            background.end(spool);
        }
    }

    @Override
    public void close() {
        endThreads();
        books.clear();
        LOG.debug("peak memory {} bytes, {} left", memory().peak(), memory().used());
    }

    MemoryBudget memory() {
        return books.memory();
    }
}
