package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.Suggestion;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.run.RetryPolicy;
import dev.contraflow.run.RunOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How the loads and saves of a run are retried: by one policy, but for datasets that have their own. A rule for a name without view holds for all
 * its views. Immutable.
 */
final class RetryRules {
    private final RetryPolicy general;
    private final ConfigSection configured;
    private final Map<String, RetryPolicy> rules = new TreeMap<>();

    private RetryRules(RetryPolicy general, ConfigSection configured, Map<String, RetryPolicy> wanted) {
        this.general = general;
        this.configured = configured;
        for (String dataset : configured.entries().keySet()) {
            rules.put(dataset, policy(configured.section(dataset), general));
        }
        rules.putAll(wanted);
    }

    /**
     * Reads the rules.
     *
     * @param options the section of {@code run.yml}: the general policy, and {@code datasets} with rules by name; what a rule leaves open is as in
     *     the general policy
     * @param wanted what the request brings, which wins
     * @return the rules
     * @throws CatalogException if options are wrong or unknown: all of them
     */
    static RetryRules read(ConfigSection options, RunOptions wanted) {
        return options.readWhole(whole -> {
            ConfigSection ofDatasets = whole.section("datasets");
            RetryPolicy configured = policy(whole, RetryPolicy.never());
            return new RetryRules(wanted.retry().orElse(configured), ofDatasets, wanted.retryOfDatasets());
        });
    }

    private static RetryPolicy policy(ConfigSection section, RetryPolicy standard) {
        return section.readWhole(options -> policyOf(options, standard));
    }

    private static RetryPolicy policyOf(ConfigSection options, RetryPolicy standard) {
        int attempts = options.integer("attempts", 1, 1000).orElse(standard.attempts());
        boolean isFirst = standard.attempts() == 1 && attempts > 1; // a policy that never waits has no delays to go by
        RetryPolicy open = isFirst ? RetryPolicy.ofAttempts(attempts) : standard;
        Optional<Duration> written = options.duration("first_delay");
        Duration first = written.orElse(open.firstDelay());
        Duration longest = options.duration("longest_delay")
                .orElse(first.compareTo(open.longestDelay()) > 0 ? first : open.longestDelay());
        if (longest.compareTo(first) >= 0) {
            return new RetryPolicy(attempts, first, longest);
        }
        boolean isFirstWrong =
                written.isEmpty() && isSet(options, "first_delay"); // then there is nothing to compare with
        if (!isFirstWrong) {
            options.refuse("longest_delay", "is shorter than 'first_delay'.");
        }
        return new RetryPolicy(attempts, first, first);
    }

    private static boolean isSet(ConfigSection options, String key) {
        ConfigValue value = options.entries().get(key);
        return value != null && value.value() != null;
    }

    /**
     * Refuses rules for what nobody knows.
     *
     * @param used the names of the datasets of the run, with and without view
     * @param isInCatalog whether the catalog has a name: other pipelines may use it
     * @throws CatalogException if rules name datasets that are neither: all of them
     */
    void check(Set<String> used, Predicate<String> isInCatalog) {
        Problems problems = new Problems();
        for (String dataset : rules.keySet()) {
            if (!used.contains(dataset) && !isInCatalog.test(dataset)) {
                problems.add(() -> unknown(dataset, used));
            }
        }
        problems.throwIfAny();
    }

    private CatalogException unknown(String dataset, Set<String> used) {
        String problem = "names a dataset that neither the pipeline nor the catalog has."
                + Suggestion.didYouMean(dataset, new TreeSet<>(used));
        return configured.entries().containsKey(dataset)
                ? configured.error(dataset, problem)
                : new CatalogException("The retry policy for '" + dataset + "' " + problem);
    }

    RetryPolicy of(DatasetRef<?> ref) {
        return Optional.ofNullable(rules.get(ref.name()))
                .or(() -> Optional.ofNullable(rules.get(ref.baseName())))
                .orElse(general);
    }
}
