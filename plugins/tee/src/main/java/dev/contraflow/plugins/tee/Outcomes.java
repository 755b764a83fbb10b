package dev.contraflow.plugins.tee;

import dev.contraflow.DatasetException;
import dev.contraflow.DatasetRef;
import dev.contraflow.io.Stored;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.DatasetResult.State;
import dev.contraflow.spi.Settlement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of each output of a run, and what went wrong. Not thread-safe: {@link Bookkeeping} guards it. */
final class Outcomes {
    private final Map<String, DatasetResult> results = new HashMap<>(); // by full name
    private final List<DatasetException> failures = new ArrayList<>();

    /** What became of an output; null if its end is still to come. */
    @Nullable
    DatasetResult of(DatasetRef<?> output) {
        return results.get(output.name());
    }

    /** Whether an output is where it belongs: durable, or in a dataset that lives in memory. */
    boolean isThere(DatasetRef<?> output) {
        DatasetResult known = of(output);
        return known != null && (known.state() == State.DURABLE || known.state() == State.IN_MEMORY);
    }

    void durable(Held output, @Nullable Stored stored) {
        put(output, State.DURABLE, stored, null);
    }

    /** It is in a dataset that lives in memory. */
    void keptInMemory(Held output) {
        put(output, State.IN_MEMORY, null, null);
    }

    void failed(Held output, String why) {
        put(output, State.FAILED, null, why);
    }

    void givenUp(Held output) {
        put(output, State.UNFINISHED, null, "its save was given up before it ended");
    }

    void discarded(Held output) {
        put(
                output,
                State.DISCARDED,
                null,
                "something that it descends from could not be saved, so it was not made visible");
    }

    /** What was under way at the deadline may have ended well or ill since; if not, that is a failure of its own. */
    boolean isLate(Held output) {
        DatasetResult known = of(output.ref);
        return known == null || known.state() == State.UNFINISHED;
    }

    void late(Held output, DatasetException failure) {
        put(output, State.UNFINISHED, null, failure.getMessage());
        failures.add(failure);
    }

    private void put(Held output, State state, @Nullable Stored stored, @Nullable String why) {
        String name = output.ref.name();
        results.put(name, new DatasetResult(name, state, stored, why));
    }

    /** @return whether it is the first */
    boolean failure(DatasetException failure) {
        failures.add(failure);
        return failures.size() == 1;
    }

    Settlement settlement() {
        return new Settlement(results, failures);
    }
}
