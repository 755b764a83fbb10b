package dev.contraflow.run;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.spi.DataInterceptor;
import dev.contraflow.spi.NodeInterceptor;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunInterceptor;
import dev.contraflow.spi.RunThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The options of one run, as {@link RunRequest} collects them and runners read them. Immutable. */
public final class RunOptions {
    private final Draft values;

    /** All values, to be changed before they are frozen. */
    static final class Draft implements Cloneable {
        @Nullable
        String io;

        Set<String> disabledPlugins = Set.of();
        List<RunListener> listeners = List.of();
        List<NodeInterceptor> nodeInterceptors = List.of();
        List<DataInterceptor> dataInterceptors = List.of();
        List<RunInterceptor> runInterceptors = List.of();

        @Nullable
        Providers providers;

        ConfigSection run = ConfigSection.empty("run");

        @Nullable
        Path stateFolder;

        Duration drainLimit = Duration.ofHours(1);

        @Nullable
        Duration timeLimit;

        @Nullable
        FailurePolicy onFailure;

        @Nullable
        Visibility visibility;

        @Nullable
        RetryPolicy retry;

        NodeOrder order = NodeOrder.DEFAULT;

        @Nullable
        RunId runId;

        Map<String, RetryPolicy> retryOfDatasets = Map.of();

        boolean onlyMissing;

        boolean isUnchangedRewritten;

        @Nullable
        Cancellation cancellation;

        Map<String, String> loadVersions = Map.of();

        RunThreads threads = RunThreads.ofJvm();

        @Nullable
        String codeVersion;

        boolean isResumed;

        /** The id of the run that is taken up again; null for the newest that did not end well. */
        @Nullable
        String resumed;

        @Nullable
        State state;

        @Override
        protected Draft clone() {
            try {
                return (Draft) super.clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError("it is cloneable", e);
            }
        }
    }

    private RunOptions(Draft values) {
        this.values = values;
    }

    static RunOptions standard() {
        return new RunOptions(new Draft());
    }

    RunOptions with(Consumer<Draft> change) {
        Draft changed = values.clone();
        change.accept(changed);
        return new RunOptions(changed);
    }

    /** @return the chosen I/O manager; empty for the one that the configuration or the class path decides */
    public Optional<String> io() {
        return Optional.ofNullable(values.io);
    }

    /** @return plugins that are left out */
    public Set<String> disabledPlugins() {
        return values.disabledPlugins;
    }

    /** @return told of every event */
    public List<RunListener> listeners() {
        return values.listeners;
    }

    /** @return the request's own interceptors of nodes */
    public List<NodeInterceptor> nodeInterceptors() {
        return values.nodeInterceptors;
    }

    /** @return the request's own interceptors of data */
    public List<DataInterceptor> dataInterceptors() {
        return values.dataInterceptors;
    }

    /** @return the request's own interceptors of the run */
    public List<RunInterceptor> runInterceptors() {
        return values.runInterceptors;
    }

    /** @return the registry; empty for what the class path has */
    public Optional<Providers> providers() {
        return Optional.ofNullable(values.providers);
    }

    /** @return the version of the code; empty for what the project says */
    public Optional<String> codeVersion() {
        return Optional.ofNullable(values.codeVersion);
    }

    /** @return whether outputs are stored anew that an earlier run has stored with the same bytes */
    public boolean isUnchangedRewritten() {
        return values.isUnchangedRewritten;
    }

    /** @return whether an earlier run is taken up again */
    public boolean isResumed() {
        return values.isResumed;
    }

    /** @return the id of the run that is taken up again; empty for the newest that did not end well */
    public Optional<String> resumed() {
        return Optional.ofNullable(values.resumed);
    }

    /** @return where the records of runs stand; empty for the configured place */
    public Optional<State> state() {
        return Optional.ofNullable(values.state);
    }

    /**
     * A place in a storage for the records of runs.
     *
     * @param storage the storage; the caller's
     * @param root ends with a slash
     */
    public record State(Storage storage, Location root) {}

    /** @return the time and the threads of the run */
    public RunThreads threads() {
        return values.threads;
    }

    /** @return what {@code run.yml} would hold; it overrides that of the project */
    public ConfigSection run() {
        return values.run;
    }

    /** @return where the record is kept; empty for the default */
    public Optional<Path> stateFolder() {
        return Optional.ofNullable(values.stateFolder);
    }

    /** @return the longest wait at the end for saves under way */
    public Duration drainLimit() {
        return values.drainLimit;
    }

    /** @return how long the nodes of the run may take together; empty for no limit */
    public Optional<Duration> timeLimit() {
        return Optional.ofNullable(values.timeLimit);
    }

    /** @return what happens after a failure; empty for what the configuration says */
    public Optional<FailurePolicy> onFailure() {
        return Optional.ofNullable(values.onFailure);
    }

    /** @return when what the run stores becomes visible; empty for what the configuration says */
    public Optional<Visibility> visibility() {
        return Optional.ofNullable(values.visibility);
    }

    /** @return how loads and saves are retried; empty for what the configuration says */
    public Optional<RetryPolicy> retry() {
        return Optional.ofNullable(values.retry);
    }

    /** @return how loads and saves of single datasets are retried, by name; they go before what the configuration says */
    public Map<String, RetryPolicy> retryOfDatasets() {
        return values.retryOfDatasets;
    }

    /** @return in which order nodes run where the edges leave a choice */
    public NodeOrder order() {
        return values.order;
    }

    /** @return the id that the caller has chosen; empty for a new one */
    public Optional<RunId> runId() {
        return Optional.ofNullable(values.runId);
    }

    /** @return whether nodes whose persistent outputs exist are skipped */
    public boolean isOnlyMissing() {
        return values.onlyMissing;
    }

    /** @return what cancels the run; empty for nothing but an interrupt */
    public Optional<Cancellation> cancellation() {
        return Optional.ofNullable(values.cancellation);
    }

    /** @return the versions that are loaded instead of the latest, by dataset */
    public Map<String, String> loadVersions() {
        return values.loadVersions;
    }
}
