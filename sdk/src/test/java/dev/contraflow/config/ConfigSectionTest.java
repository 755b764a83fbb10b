package dev.contraflow.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A section that is read as a whole. */
class ConfigSectionTest {
    private static final ConfigSection WRONG = ConfigSection.of(
            "job",
            Map.of(
                    "size", "huge",
                    "count", 7,
                    "wait", "soon",
                    "unit", "weeks",
                    "names", List.of("a", 1),
                    "on", "yes",
                    "inner", Map.of("depth", "deep", "hieght", 1),
                    "colour", "blue"));

    private static String read(ConfigSection job) {
        long size = job.bytes("size").orElse(10L);
        int count = job.integer("count", 1, 3).orElse(2);
        Duration wait = job.duration("wait").orElse(Duration.ofSeconds(1));
        TimeUnit unit = job.choice("unit", TimeUnit.class).orElse(TimeUnit.DAYS);
        boolean isOn = job.flag("on").orElse(false);
        ConfigSection inner = job.section("inner");
        double depth = inner.number("depth").orElse(0.5);
        inner.allow("height");
        inner.rejectOtherKeys();
        return size + " " + count + " " + wait + " " + unit + " " + job.texts("names") + " " + isOn + " " + depth;
    }

    private static List<String> mistakes(Runnable reading) {
        try {
            reading.run();
        } catch (CatalogException e) {
            return e.problems().stream().map(CatalogException.Problem::message).toList();
        }
        throw new AssertionError("nothing was refused");
    }

    @Test
    void tellsAllMistakesAndGoesOnWithTheDefaults() {
        List<String> made = new ArrayList<>();
        assertThat(mistakes(() -> WRONG.readWhole(job -> {
                    made.add(read(job));
                    return made;
                })))
                .hasSize(9)
                .anySatisfy(m -> assertThat(m).startsWith("'size' in 'job' is not a number of bytes."))
                .contains("'count' in 'job' is 7, but must be from 1 to 3.")
                .anySatisfy(m -> assertThat(m).startsWith("'wait' in 'job' is not a duration."))
                .anySatisfy(m -> assertThat(m).startsWith("'unit' in 'job' is 'weeks', but must be one of: "))
                .contains("'on' in 'job' must be true or false, but is a text.")
                .contains("'depth' in 'job.inner' must be a number, but is a text.")
                .contains("unknown key 'hieght' in 'job.inner'. Did you mean 'height'? Known keys: depth, height.")
                .contains("'names' in 'job' must be a list of texts.")
                .endsWith("unknown key 'colour' in 'job'. Known keys: count, inner, names, on, size, unit, wait.");
        assertThat(made).containsExactly("10 2 PT1S DAYS [] false 0.5");
    }

    @Test
    void throwsTheFirstMistakeAtOnceIfItIsNotReadAsAWhole() {
        assertThat(mistakes(() -> read(WRONG)))
                .containsExactly("'size' in 'job' is not a number of bytes. Write 65536, 64KiB, 16MiB or 1GB.");
    }

    @Test
    void returnsWhatTheReaderMakesOfARightSection() {
        ConfigSection right = ConfigSection.of("job", Map.of("count", 3, "inner", Map.of("depth", 2)));
        assertThat(right.<String>readWhole(ConfigSectionTest::read)).isEqualTo("10 3 PT1S DAYS [] false 2.0");
    }

    @Test
    void aMissingKeyEndsTheReadingSoThatKeysThatFollowAreNotUnknown() {
        ConfigSection section = ConfigSection.of("job", Map.of("count", 7, "later", 1));
        assertThat(mistakes(() -> section.readWhole(job -> {
                    int count = job.integer("count", 1, 3).orElse(2);
                    return job.requiredText("name") + count + job.integer("later");
                })))
                .containsExactly("'count' in 'job' is 7, but must be from 1 to 3.", "'job' needs the key 'name'.");
    }

    @Test
    void theMistakesGoBeforeAFailureOfTheReaderThatMayComeOfThem() {
        ConfigSection section = ConfigSection.of("job", Map.of("count", "many"));
        assertThat(mistakes(() -> section.readWhole(job -> {
                    throw new IllegalStateException("no count: " + job.integer("count"));
                })))
                .containsExactly("'count' in 'job' must be a whole number, but is a text.");
        assertThatThrownBy(() -> ConfigSection.empty("job").readWhole(job -> {
                    throw new IllegalStateException("no reason");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no reason");
    }

    @Test
    void whatIsReadWithinTheReadingTellsItsMistakesWithIt() {
        ConfigSection section = ConfigSection.of("job", Map.of("inner", Map.of("depth", "deep"), "count", 7));
        assertThat(mistakes(() -> section.readWhole(job -> {
                    double depth = job.section("inner")
                            .<Double>readWhole(inner -> inner.number("depth").orElse(0.5));
                    return job.integer("count", 1, 3).orElse(2) + depth;
                })))
                .containsExactly(
                        "'depth' in 'job.inner' must be a number, but is a text.",
                        "'count' in 'job' is 7, but must be from 1 to 3.");
    }

    @Test
    void aSectionThatIsKeptThrowsAgainOnceTheReadingIsOver() {
        ConfigSection section = ConfigSection.of("job", Map.of("count", "many"));
        ConfigSection kept = section.readWhole(job -> {
            job.allow("count");
            return job;
        });
        assertThat(mistakes(() -> kept.integer("count")))
                .containsExactly("'count' in 'job' must be a whole number, but is a text.");
    }
}
