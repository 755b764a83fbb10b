package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetException.Operation;
import dev.contraflow.Node;
import dev.contraflow.spi.DatasetAccess;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Confirms what nodes ask to be confirmed, once their outputs are durable. Thread-safe. */
final class Confirms {
    private static final Logger LOG = LoggerFactory.getLogger(Confirms.class);

    private final DatasetAccess access;
    private final Bookkeeping books;
    private final Background background;

    Confirms(DatasetAccess access, Bookkeeping books, Background background) {
        this.access = access;
        this.books = books;
        this.background = background;
    }

    /** Confirms now, or once the last output of the node is durable; not at all if one never will be. */
    void confirmOnceDurable(Node node) throws InterruptedException {
        Optional<List<CompletableFuture<Void>>> underWay = books.beginConfirm(node);
        if (underWay.isEmpty()) {
            return;
        }
        if (!underWay.get().isEmpty()) {
            inBackground(CompletableFuture.allOf(underWay.get().toArray(CompletableFuture<?>[]::new)), node);
            return;
        }
        try {
            access.confirm(node);
        } finally {
            books.confirmed(node);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // its last stage reports whatever went wrong
    private void inBackground(CompletableFuture<Void> durable, Node node) {
        durable.thenRunAsync(() -> confirm(node), background.transfers()).whenComplete((done, failure) -> {
            try {
                if (failure != null && !durable.isCompletedExceptionally()) { // a failed save is told by itself
                    DatasetException told = notConfirmed(node, failure);
                    books.notConfirmed(told);
                    LOG.error("{}", told.getMessage());
                }
            } finally {
                books.confirmed(node);
            }
        });
    }

    private void confirm(Node node) {
        try {
            access.confirm(node);
        } catch (InterruptedException e) {
            throw givenUp(node, e);
        }
    }

    /** Whatever it is, a defect or a thread that could not be had: it must not be lost. */
    private static DatasetException notConfirmed(Node node, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof DatasetException told) {
            return told;
        }
        return cause instanceof RejectedExecutionException
                ? givenUp(node, cause)
                : failure(node, cause.toString(), cause);
    }

    /** A node's outputs are durable, and what it confirms is not confirmed. */
    static DatasetException givenUp(Node node, @Nullable Throwable cause) {
        return failure(node, "it did not end before the run's deadline, and was given up", cause);
    }

    private static DatasetException failure(Node node, String why, @Nullable Throwable cause) {
        String dataset = node.confirms().iterator().next().name();
        return new DatasetException(
                "Cannot confirm dataset '" + dataset + "' for node '" + node.name() + "': " + why + ".",
                Operation.CONFIRM,
                dataset,
                node.name(),
                "unknown",
                1,
                cause);
    }
}
