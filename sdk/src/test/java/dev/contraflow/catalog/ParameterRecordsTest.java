package dev.contraflow.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.CatalogException;
import dev.contraflow.CatalogException.Problem;
import dev.contraflow.DatasetRef;
import dev.contraflow.TypeRef;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parameters as records: what fits becomes one, and what does not is listed as a whole. */
class ParameterRecordsTest {
    enum Kind {
        TREE,
        FOREST
    }

    record Split(double ratio, int seed) {
        Split {
            if (ratio <= 0 || ratio >= 1) {
                throw new IllegalArgumentException("the ratio must be between 0 and 1, but is " + ratio);
            }
        }
    }

    record Model(
            Kind kind,
            @JsonProperty("max_depth") int maxDepth,
            List<Split> splits,
            Map<Integer, Split> byYear,
            Optional<Split> last,
            @Nullable String comment) {}

    record Everything(
            byte b,
            short s,
            long l,
            float f,
            BigInteger big,
            BigDecimal exact,
            boolean flag,
            Set<String> names,
            int[] numbers,
            byte[] bytes,
            LocalDate day,
            Duration pause,
            Path path,
            Map<Kind, List<? extends Number>> rates,
            Object any) {}

    record Pair<T>(T left, T right) {}

    private static final DatasetRef<Model> MODEL = DatasetRef.parameter("model", Model.class);

    @TempDir
    Path root;

    private void write(String parameters) throws IOException {
        Files.createDirectories(root.resolve("conf/local"));
        Files.createDirectories(root.resolve("conf/base"));
        Files.writeString(root.resolve("conf/base/parameters.yml"), parameters);
    }

    private BoundDatasets bind(DatasetRef<?>... refs) {
        Set<DatasetRef<?>> all = Set.of(refs);
        Set<String> names = Arrays.stream(refs).map(DatasetRef::name).collect(Collectors.toSet());
        Config config = Config.load(ConfigSource.of(root).withVariables(Map.of()));
        try (DataCatalog catalog = DataCatalog.load(config, Providers.builder().build())) {
            return catalog.bind(new BindRequest(all, names, Set.of()));
        }
    }

    @Test
    void makesRecordsOfRecords() throws IOException {
        write("""
                model:
                  kind: TREE
                  max_depth: 3
                  splits: [{ratio: 0.5, seed: 1}]
                  byYear: {2024: {ratio: 0.25, seed: 2}}
                """);
        assertThat(bind(MODEL).dataset(MODEL).load())
                .isEqualTo(new Model(
                        Kind.TREE,
                        3,
                        List.of(new Split(0.5, 1)),
                        Map.of(2024, new Split(0.25, 2)),
                        Optional.empty(),
                        null));
        write("""
                model:
                  kind: FOREST
                  max_depth: 3
                  splits: []
                  byYear: {}
                  last: {ratio: 0.5, seed: 1}
                  comment: null
                """);
        assertThat(bind(MODEL).dataset(MODEL).load())
                .isEqualTo(new Model(Kind.FOREST, 3, List.of(), Map.of(), Optional.of(new Split(0.5, 1)), null));
    }

    @Test
    void makesValuesOfManyTypes() throws IOException {
        write("""
                all:
                  b: -128
                  s: 300
                  l: 5000000000
                  f: 0.5
                  big: 12345678901234567890
                  exact: 0.1
                  flag: yes
                  names: [b, a, b]
                  numbers: [1, 2]
                  bytes: !!binary aGVsbG8=
                  day: 2024-02-29
                  pause: 250ms
                  path: data/x
                  rates: {TREE: [1, 2.5]}
                  any: {x: [1]}
                """);
        DatasetRef<Everything> ref = DatasetRef.parameter("all", Everything.class);
        Everything all = bind(ref).dataset(ref).load();
        assertThat(List.of(all.b(), all.s(), all.l(), all.f(), all.big(), all.exact(), all.flag()))
                .isEqualTo(List.of(
                        (byte) -128,
                        (short) 300,
                        5_000_000_000L,
                        0.5f,
                        new BigInteger("12345678901234567890"),
                        new BigDecimal("0.1"),
                        true));
        assertThat(all.names()).containsExactly("b", "a");
        assertThat(all.numbers()).containsExactly(1, 2);
        assertThat(all.bytes()).asString().isEqualTo("hello");
        assertThat(all.day()).isEqualTo(LocalDate.of(2024, 2, 29));
        assertThat(all.pause()).isEqualTo(Duration.ofMillis(250));
        assertThat(all.path()).isEqualTo(Path.of("data/x"));
        assertThat(all.rates()).isEqualTo(Map.of(Kind.TREE, List.of(1L, 2.5)));
        assertThat(all.any()).isEqualTo(Map.of("x", List.of(1L)));
        assertThatThrownBy(() -> all.names().add("c")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void leavesGenericRecordsToJackson() throws IOException {
        write("pair: {left: 1, right: 2}\nodd: {left: 1, right: x}\n");
        DatasetRef<Pair<Integer>> pair = DatasetRef.of("params:pair", new TypeRef<>() {});
        assertThat(bind(pair).dataset(pair).load()).isEqualTo(new Pair<>(1, 2));
        DatasetRef<Pair<Integer>> odd = DatasetRef.of("params:odd", new TypeRef<>() {});
        assertThatThrownBy(() -> bind(odd))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith(
                        "conf/base/parameters.yml:2:1: parameter 'odd.right' cannot be read as Pair<Integer>"
                                + " (params:odd is read as Pair<Integer>): ");
    }

    @Test
    void listsEverythingThatDoesNotFitOverAllParametersOfTheRun() throws IOException {
        write("""
                model:
                  kind: BUSH
                  max_depth: 3.5
                  splits: [{ratio: 2, seed: 1}, {ratio: half}, 7]
                  byYear: {soon: {ratio: 0.5, seed: 1}}
                  last: {ratio: 0.5, sed: 1}
                  comment: 5
                rate: fast
                day: 2024-02-30
                wait: long
                used_by_nobody: {ratio: x}
                """);
        DatasetRef<Double> rate = DatasetRef.parameter("rate", Double.class);
        DatasetRef<LocalDate> day = DatasetRef.parameter("day", LocalDate.class);
        DatasetRef<Duration> wait = DatasetRef.parameter("wait", Duration.class);
        DatasetRef<Double> missing = DatasetRef.parameter("rat", Double.class);
        assertThatThrownBy(() -> bind(MODEL, rate, day, wait, missing))
                .isInstanceOfSatisfying(CatalogException.class, e -> {
                    assertThat(e.getMessage().lines()).hasSize(6).last().isEqualTo("and 8 more");
                    assertThat(e.problems())
                            .extracting(Problem::toString)
                            .map(problem -> problem.replace(" (params:model is read as Model)", " (..)"))
                            .containsExactlyInAnyOrder(
                                    "conf/base/parameters.yml:2:3: parameter 'model.kind' must be Kind, but is a text (BUSH) (..)."
                                            + " Known: TREE, FOREST.",
                                    "conf/base/parameters.yml:3:3: parameter 'model.max_depth' must be int, but is a number (3.5) (..).",
                                    "conf/base/parameters.yml:4:12: parameter 'model.splits.0' is no Split: the ratio must be between"
                                            + " 0 and 1, but is 2.0",
                                    "conf/base/parameters.yml:4:34: parameter 'model.splits.1.ratio' must be double, but is a text"
                                            + " (half) (..).",
                                    "conf/base/parameters.yml:4:33: parameter 'model.splits.1.seed' is missing (..).",
                                    "conf/base/parameters.yml:4:48: parameter 'model.splits.2' must be Split, but is a number (7) (..).",
                                    "conf/base/parameters.yml:5:12: parameter 'model.byYear.soon' must be Integer, but is a text (soon) (..).",
                                    "conf/base/parameters.yml:6:22: unknown parameter 'model.last.sed' (..). Did you mean 'seed'?"
                                            + " Known there: ratio, seed.",
                                    "conf/base/parameters.yml:7:3: parameter 'model.comment' must be String, but is a number (5) (..).",
                                    "conf/base/parameters.yml:8:1: parameter 'rate' must be Double, but is a text (fast) (params:rate is"
                                            + " read as Double).",
                                    "conf/base/parameters.yml:9:1: parameter 'day' must be LocalDate, but is a text (2024-02-30)"
                                            + " (params:day is read as LocalDate).",
                                    "conf/base/parameters.yml:10:1: 'wait' in 'parameters' is not a duration. Write 250ms, 10s, 5m or 1h.",
                                    "There is no parameter 'params:rat' of type Double. Did you mean 'rate'"
                                            + " (conf/base/parameters.yml:8:1)? Set it in conf/base/parameters.yml or give it"
                                            + " to the run.");
                });
    }

    @Test
    void nothingIsOnlyForWhatMayBeNothing() throws IOException {
        write("split: {ratio: null, seed: 1}\nlist: [1, null]\nmap: {a: null}\nmaybe:\n");
        DatasetRef<Split> split = DatasetRef.parameter("split", Split.class);
        DatasetRef<List<Integer>> list = DatasetRef.listOf("params:list", Integer.class);
        DatasetRef<Map<String, String>> map = DatasetRef.mapOf("params:map", String.class);
        DatasetRef<Optional<String>> maybe = DatasetRef.of("params:maybe", new TypeRef<>() {});
        assertThat(bind(maybe).dataset(maybe).load()).isEmpty();
        assertThatThrownBy(() -> bind(split, list, map))
                .hasMessage(
                        "conf/base/parameters.yml:2:11: parameter 'list.1' is nothing, but must be Integer. Give it a value.\n"
                                + "conf/base/parameters.yml:3:7: parameter 'map.a' is nothing, but must be String. Give it a value.\n"
                                + "conf/base/parameters.yml:1:9: parameter 'split.ratio' is nothing, but must be double. Give it a value.");
    }

    @Test
    void keepsTheCauseOfARecordThatRefusesItsValues() throws IOException {
        write("split: {ratio: 1.5, seed: 1}\n");
        assertThatThrownBy(() -> bind(DatasetRef.parameter("split", Split.class)))
                .hasMessage(
                        "conf/base/parameters.yml:1:1: parameter 'split' is no Split: the ratio must be between 0 and 1, but is 1.5")
                .hasCauseInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shortensLongValuesInMessages() throws IOException {
        write("x: \"" + "long\\n".repeat(30) + "\"\ny: " + "z".repeat(100) + "\n");
        assertThatThrownBy(
                        () -> bind(DatasetRef.parameter("x", Integer.class), DatasetRef.parameter("y", Integer.class)))
                .satisfies(
                        e -> assertThat(Objects.requireNonNull(e.getMessage()).lines())
                                .containsExactly(
                                        "conf/base/parameters.yml:1:1: parameter 'x' must be Integer, but is a text (long)"
                                                + " (params:x is read as Integer).",
                                        "conf/base/parameters.yml:2:1: parameter 'y' must be Integer, but is a text ("
                                                + "z".repeat(40) + "..) (params:y is read as Integer)."));
    }
}
