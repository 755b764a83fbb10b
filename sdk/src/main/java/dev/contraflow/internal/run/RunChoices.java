package dev.contraflow.internal.run;

import dev.contraflow.DatasetRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.internal.run.PluginContributions.IoChoice;
import dev.contraflow.run.Cancellation;
import dev.contraflow.run.FailurePolicy;
import dev.contraflow.run.RetryPolicy;
import dev.contraflow.run.RunOptions;
import dev.contraflow.run.Visibility;
import dev.contraflow.spi.IoManager;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How a run goes, as its request and {@code run.yml} say; the request wins. Immutable. */
public final class RunChoices {
    private final RunOptions wanted;
    private final FailurePolicy onFailure;
    private final Visibility visibility;
    private final RetryRules retries;
    private final @Nullable Duration timeLimit;
    private final IoChoice io;
    private final ConfigSection ioOptions;

    /**
     * @param wanted what the request says
     * @param options what {@code run.yml} says, which {@link RunYml} has checked
     * @param contributions what the plugins bring
     */
    RunChoices(RunOptions wanted, ConfigSection options, PluginContributions contributions) {
        this.wanted = wanted;
        Optional<FailurePolicy> configuredPolicy = options.choice("on_failure", FailurePolicy.class);
        this.onFailure = wanted.onFailure().or(() -> configuredPolicy).orElse(FailurePolicy.STOP);
        Optional<Visibility> configuredVisibility = options.choice("visibility", Visibility.class);
        this.visibility = wanted.visibility().or(() -> configuredVisibility).orElse(Visibility.EACH);
        this.retries = RetryRules.read(options.section("retry"), wanted);
        Optional<Duration> configuredLimit = options.duration("time_limit");
        this.timeLimit = wanted.timeLimit().or(() -> configuredLimit).orElse(null);
        this.io = contributions.choose(wanted.io().orElse(null), options);
        this.ioOptions = options.section(io.section());
    }

    /** Whether what an earlier run has stored with the same bytes is stored again. */
    static boolean isUnchangedRewritten(RunOptions wanted, ConfigSection options) {
        return options.flag("rewrite_unchanged").orElse(false) || wanted.isUnchangedRewritten();
    }

    /**
     * Refuses retry policies for what nobody knows.
     *
     * @param used the names of the datasets of the run, with and without view
     * @param isInCatalog whether the catalog has a name
     * @throws dev.contraflow.CatalogException if there is one
     */
    void checkRetries(Set<String> used, Predicate<String> isInCatalog) {
        retries.check(used, isInCatalog);
    }

    /** @return what makes the I/O manager */
    public IoManager.Factory io() {
        return io.factory();
    }

    /** @return why this manager was chosen, for the log */
    public String ioWhy() {
        return io.why();
    }

    /** @return the manager's own options */
    public ConfigSection ioOptions() {
        return ioOptions;
    }

    /** @return what happens after a failure */
    public FailurePolicy onFailure() {
        return onFailure;
    }

    /** @return when what the run stores becomes visible */
    public Visibility visibility() {
        return visibility;
    }

    /**
     * @param dataset a dataset
     * @return how its loads and saves are retried
     */
    public RetryPolicy retry(DatasetRef<?> dataset) {
        return retries.of(dataset);
    }

    /** @return how long the nodes may take together; empty for no limit */
    public Optional<Duration> timeLimit() {
        return Optional.ofNullable(timeLimit);
    }

    /** @return the longest wait at the end for saves under way */
    public Duration drainLimit() {
        return wanted.drainLimit();
    }

    /** @return what cancels the run; a new one that nobody else has if the request names none */
    public Cancellation cancellation() {
        return wanted.cancellation().orElseGet(Cancellation::new);
    }
}
