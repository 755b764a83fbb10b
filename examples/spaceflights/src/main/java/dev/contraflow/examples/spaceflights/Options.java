package dev.contraflow.examples.spaceflights;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.Suggestion;
import dev.contraflow.run.PipelineRunner;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What a run of the example is told: system properties that begin with {@code spaceflights.}; an empty one counts as not given. Immutable.
 *
 * @param env the environment, {@code local} or {@code s3}
 * @param pipeline the name of the pipeline
 * @param runner {@code sequential} or {@code threads}
 * @param io the id of the I/O manager, or empty for what {@code run.yml} says
 * @param rows how many rows of raw data are made for each table; 0 takes what is there
 * @param seed the seed of the raw data
 * @param data the folder of all data, or empty for what {@code globals.yml} says
 * @param delay how much later each answer of the S3 server inside the JVM comes
 */
record Options(
        String env, String pipeline, String runner, String io, int rows, long seed, String data, Duration delay) {
    private static final String PREFIX = "spaceflights.";
    private static final List<String> RUNNERS = List.of("sequential", "threads");
    private static final int MOST_ROWS = 1_000_000;

    /** All names, without the prefix. */
    static List<String> names() {
        return Arrays.stream(Options.class.getRecordComponents())
                .map(java.lang.reflect.RecordComponent::getName)
                .toList();
    }

    /**
     * Reads the options.
     *
     * @throws CatalogException if one is unknown, or has a value that it cannot have
     */
    static Options of(Properties properties) {
        Map<String, String> given = new TreeMap<>();
        for (String property : properties.stringPropertyNames()) {
            if (property.startsWith(PREFIX)) {
                given.put(known(property), properties.getProperty(property).strip());
            }
        }
        given.values().removeIf(String::isEmpty);
        String runner = given.getOrDefault("runner", "sequential");
        if (!RUNNERS.contains(runner)) {
            throw wrong(
                    "runner", runner, "but must be sequential or threads." + Suggestion.didYouMean(runner, RUNNERS));
        }
        return new Options(
                given.getOrDefault("env", "local"),
                given.getOrDefault("pipeline", "__default__"),
                runner,
                given.getOrDefault("io", ""),
                (int) number("rows", given.getOrDefault("rows", "10000"), 0, MOST_ROWS),
                number("seed", given.getOrDefault("seed", "1"), Long.MIN_VALUE, Long.MAX_VALUE),
                given.getOrDefault("data", ""),
                delay(given.getOrDefault("delay", "0s")));
    }

    private static String known(String property) {
        String name = property.substring(PREFIX.length());
        if (!names().contains(name)) {
            throw new CatalogException("There is no option " + property + "." + Suggestion.didYouMean(name, names())
                    + " Options: " + String.join(", ", names()) + ".");
        }
        return name;
    }

    private static long number(String name, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrong(name, text, "which is not a whole number.");
        }
        throw wrong(name, text, "but must be from " + least + " to " + most + ".");
    }

    private static Duration delay(String text) {
        try {
            return ConfigSection.of("spaceflights", Map.of("delay", text))
                    .duration("delay")
                    .orElseThrow();
        } catch (CatalogException e) {
            throw wrong("delay", text, "which is not a duration. Write 50ms or 2s.");
        }
    }

    private static CatalogException wrong(String name, String value, String why) {
        return new CatalogException(PREFIX + name + " is '" + value + "', " + why);
    }

    PipelineRunner newRunner() {
        return runner.equals("threads") ? new ThreadRunner() : new SequentialRunner();
    }
}
