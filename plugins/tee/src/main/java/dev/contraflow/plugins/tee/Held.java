package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.io.Content;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.Handover;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What stands in memory of one dataset. Its changing fields are guarded by the lock of {@link Bookkeeping}, the futures by themselves. */
final class Held {
    final DatasetRef<?> ref;
    final Node node;
    final boolean isExact;
    final boolean isRestored; // made by an earlier attempt of the run
    final CompletableFuture<Void> ready = new CompletableFuture<>(); // its bytes are there, or it failed
    final CompletableFuture<Void> ended = new CompletableFuture<>(); // it is durable, or never will be

    @Nullable
    Object value;

    @Nullable
    Content content;

    DatasetAccess.@Nullable Transferred transferred;

    long start; // of its save

    long valueBytes; // taken from the budget for the value

    @Nullable
    String digest; // of its bytes, if changes of the value are looked for

    Held(DatasetRef<?> ref, Node node, boolean isExact) {
        this(ref, node, isExact, false);
    }

    Held(DatasetRef<?> ref, Node node, boolean isExact, boolean isRestored) {
        this.ref = ref;
        this.node = node;
        this.isExact = isExact;
        this.isRestored = isRestored;
    }

    String dataset() {
        return ref.baseName();
    }

    @Nullable
    Object sharedWith(DatasetRef<?> reader) {
        return new Handover(ref, isExact, value, content).sharedWith(reader);
    }
}
