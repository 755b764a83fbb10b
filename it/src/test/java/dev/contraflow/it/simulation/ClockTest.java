package dev.contraflow.it.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.SimulatedNetwork;
import dev.contraflow.testkit.SimulatedStorage;
import dev.contraflow.testkit.Simulation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clock of the machine is put back or ahead while runs go on, and between them: nothing is decided by it. */
class ClockTest {
    private static final DatasetRef<String> RAW = DatasetRef.of("raw", String.class);
    private static final DatasetRef<String> OUT = DatasetRef.of("out", String.class);

    @TempDir
    Path folder;

    private final ExecutorService carriers = Executors.newCachedThreadPool();
    private final List<RunEvent> events = new ArrayList<>();
    private final AtomicBoolean fails = new AtomicBoolean();
    private InMemoryStorage objects = new InMemoryStorage();

    @AfterEach
    void stop() {
        carriers.shutdownNow();
    }

    /** What is done to the clock, two seconds after the run has begun. */
    private enum Jump {
        AN_HOUR_BACK(now -> now.minus(Duration.ofHours(1))),
        AN_HOUR_AHEAD(now -> now.plus(Duration.ofHours(1))),
        STANDS_STILL(now -> Instant.parse("2024-01-15T10:30:02Z")),
        GOES_BACKWARDS(now -> Instant.parse("2024-01-15T10:30:02Z")
                .minus(Duration.between(Instant.parse("2024-01-15T10:30:02Z"), now)));

        private final UnaryOperator<Instant> wrong;

        Jump(UnaryOperator<Instant> wrong) {
            this.wrong = wrong;
        }

        Instant clock(Instant now) {
            return now.isBefore(Instant.parse("2024-01-15T10:30:02Z")) ? now : wrong.apply(now);
        }
    }

    private PipelineResult run(UnaryOperator<Instant> clock, UnaryOperator<RunRequest> choice, String value)
            throws Exception {
        events.clear();
        Simulation simulation = new Simulation(1, carriers);
        SimulatedHost host = new SimulatedHost(simulation, "host of a wrong clock", clock);
        Storage storage = new SimulatedStorage(
                simulation,
                SimulatedNetwork.ofLatency(simulation, Duration.ofMillis(700)),
                SimulatedStorage.Script.GOOD_WEATHER,
                objects,
                1 << 20);
        Providers providers = Providers.discover().withStorage(new Opened(storage));
        Map<String, Object> entries = Map.of("raw", entry("raw"), "out", entry("out"));
        CatalogConfig config = new CatalogConfig(folder, entries, Map.of(), Map.of(), Map.of(), null);
        return simulation.run(() -> {
            try (DataCatalog catalog = DataCatalog.of(config, providers)) {
                Pipeline pipeline = Pipeline.of(
                        Node.named("first").readsNothing().writes(RAW).by(() -> {
                            simulation.sleep(Duration.ofSeconds(3));
                            return value;
                        }),
                        Node.named("second").reads(RAW).writes(OUT).by(raw -> {
                            simulation.sleep(Duration.ofSeconds(3));
                            if (fails.get()) {
                                throw new IllegalStateException("not yet");
                            }
                            return raw + "!";
                        }));
                return new SequentialRunner()
                        .run(choice.apply(RunRequest.of(pipeline, catalog)
                                .withProviders(providers)
                                .withIo("tee")
                                .withThreads(host)
                                .withStateFolder(folder)
                                .withState(storage, new Location("memory", "b", "/state/"))
                                .withListener(events::add)));
            }
        });
    }

    private static Map<String, Object> entry(String name) {
        return Map.of("type", "text", "filepath", "memory://b/" + name, "versioned", true);
    }

    private record Opened(Storage storage) implements StorageProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("memory");
        }

        @Override
        public Storage open(StorageConfig config) {
            return storage;
        }
    }

    private String text(Location at) {
        try (Content content = objects.read(at, Grant.unbounded());
                InputStream in = content.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** All that a run leaves, its times too. */
    private List<String> left() throws IOException {
        return objects.list(new Location("memory", "b", "/")).stream()
                .map(Listed::location)
                .map(at -> at + " " + text(at).replaceAll("\"lock\" : \\d+", "")) // counts the runs of this JVM
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void aJumpOfTheClockChangesNothingOfWhatARunDoesAndTells(Jump jump) throws Exception {
        PipelineResult right = run(UnaryOperator.identity(), request -> request, "x");
        List<RunEvent> toldRight = List.copyOf(events);
        List<String> leftRight = left();
        objects = new InMemoryStorage();
        PipelineResult wrong = run(jump::clock, request -> request, "x");
        assertThat(wrong.exitCode()).as(wrong.summary()).isZero();
        assertThat(wrong.runId()).isEqualTo(right.runId());
        assertThat(wrong.took()).isEqualTo(right.took()).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(60));
        assertThat(events).as("events, with their times and durations").isEqualTo(toldRight);
        assertThat(left()).as("bytes, record and report").isEqualTo(leftRight);
        assertThat(leftRight).anyMatch(object -> object.contains("/report.json"));
    }

    @Test
    void aRunAfterTheClockWasPutBackIsTheNewestAndSoAreItsVersions() throws Exception {
        PipelineResult first = run(UnaryOperator.identity(), request -> request, "old");
        UnaryOperator<Instant> back = now -> now.minus(Duration.ofHours(1));
        PipelineResult second = run(back, request -> request, "new");
        assertThat(second.runId().value()).isGreaterThan(first.runId().value());
        try (DataCatalog reader = DataCatalog.of(
                new CatalogConfig(folder, Map.of("out", entry("out")), Map.of(), Map.of(), Map.of(), null),
                Providers.discover().withStorage(new Opened(objects)))) {
            assertThat(reader.load(OUT)).isEqualTo("new!");
        }
    }

    @Test
    void theNewestRunIsResumedThoughTheClockWasPutBackBeforeIt() throws Exception {
        fails.set(true);
        PipelineResult first = run(UnaryOperator.identity(), request -> request, "old");
        UnaryOperator<Instant> back = now -> now.minus(Duration.ofHours(1));
        PipelineResult second = run(back, request -> request, "new");
        assertThat(List.of(first.exitCode(), second.exitCode())).containsOnly(1);
        fails.set(false);
        UnaryOperator<Instant> furtherBack = now -> now.minus(Duration.ofDays(1));
        PipelineResult resumed = run(furtherBack, RunRequest::resume, "new");
        assertThat(resumed.orElseThrow().runId()).isEqualTo(second.runId());
        JsonNode record = new ObjectMapper()
                .readTree(text(new Location("memory", "b", "/state/runs/" + second.runId() + "/run.json")));
        assertThat(record.path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(Instant.parse(record.path("finishedAt").asText()))
                .as("not before it has begun")
                .isAfter(Instant.parse(record.path("startedAt").asText()));
    }
}
