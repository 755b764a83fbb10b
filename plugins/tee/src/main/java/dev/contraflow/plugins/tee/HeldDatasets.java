package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetRef;
import dev.contraflow.io.Content;
import dev.contraflow.run.RunPlan;
import dev.contraflow.run.RunPlan.PlannedDataset;
import dev.contraflow.spi.DatasetAccess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What stands in memory, or is on its way there, and how it is let go. Not thread-safe: {@link Bookkeeping} guards it. */
final class HeldDatasets {
    private final RunPlan plan;
    private final DatasetAccess access;
    private final MemoryBudget memory;
    private final Map<String, Held> held = new HashMap<>(); // by name without view

    HeldDatasets(RunPlan plan, DatasetAccess access, MemoryBudget memory) {
        this.plan = plan;
        this.access = access;
        this.memory = memory;
    }

    @Nullable
    Held find(String dataset) {
        return held.get(dataset);
    }

    Held need(String dataset) {
        return Objects.requireNonNull(held.get(dataset), dataset);
    }

    Collection<Held> all() {
        return held.values();
    }

    void add(Held output) {
        held.put(output.dataset(), output);
    }

    /** An input that is going to be loaded ahead. */
    Held ahead(String dataset) {
        PlannedDataset planned = Objects.requireNonNull(plan.datasets().get(dataset));
        Held ahead = new Held(DatasetFacts.firstRead(plan, planned), DatasetFacts.firstReader(plan, planned), false);
        held.put(dataset, ahead);
        return ahead;
    }

    /** Nobody needs it any more. */
    void release(String dataset) {
        Held gone = held.remove(dataset);
        if (gone != null) {
            letGo(gone);
        }
        PlannedDataset planned = plan.datasets().get(dataset);
        DatasetRef<?> written = planned == null ? null : planned.written();
        if (written != null && planned != null && !planned.isFinalOutput()) {
            access.release(written);
        }
    }

    /** Lets go of value and bytes. */
    void letGo(Held gone) {
        gone.value = null;
        memory.giveBack(gone.valueBytes);
        gone.valueBytes = 0;
        letGoOfContent(gone);
    }

    private static void letGoOfContent(Held gone) {
        Content content = gone.content;
        if (content != null) {
            gone.content = null;
            content.close();
        }
    }

    /**
     * An output is durable: its bytes are let go if all its readers get the value.
     *
     * @return what it still holds of the memory
     */
    long keepForReaders(Held output) {
        boolean allShare = plan.dataset(output.ref).readViews().stream()
                .allMatch(view -> output.value != null && output.isExact && view.equals(output.ref.name()));
        if (allShare) {
            letGoOfContent(output);
        }
        Content content = output.content;
        return output.valueBytes + (content == null ? 0 : content.memoryBytes());
    }

    /**
     * Lets go of everything.
     *
     * @return what was transferred and never will be visible, to be closed
     */
    List<DatasetAccess.Transferred> clear() {
        List<DatasetAccess.Transferred> never = new ArrayList<>();
        held.values().forEach(gone -> {
            if (gone.transferred != null) {
                never.add(gone.transferred);
                gone.transferred = null;
            }
            letGo(gone);
        });
        held.clear();
        return never;
    }
}
