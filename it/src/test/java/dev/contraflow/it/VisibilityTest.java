package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.CatalogException;
import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.PublishException;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.io.Location;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunInterceptor;
import dev.contraflow.testkit.InMemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs that become visible together, on local files. */
class VisibilityTest {
    private static final DatasetRef<String> RAW = DatasetRef.of("raw", String.class);
    private static final DatasetRef<String> CLEAN = DatasetRef.of("clean", String.class);
    private static final DatasetRef<String> REPORT = DatasetRef.of("report", String.class);

    @TempDir
    Path folder;

    private final AtomicBoolean fails = new AtomicBoolean();
    private final Providers providers = Providers.discover();

    private final Pipeline pipeline = Pipeline.of(
            Node.named("cleanse").reads(RAW).writes(CLEAN).by(raw -> raw + " clean"),
            Node.named("summarize").reads(CLEAN).writes(REPORT).by(clean -> {
                if (fails.get()) {
                    throw new IllegalStateException("no summary today");
                }
                return clean + " report";
            }));

    @BeforeEach
    void writeInput() throws IOException {
        Files.writeString(folder.resolve("raw"), "raw");
    }

    private DataCatalog catalog(boolean isReportVersioned) {
        Map<String, Object> entries = new TreeMap<>();
        entries.put("raw", entry("raw", false));
        entries.put("clean", entry("clean", true));
        entries.put("report", entry("report", isReportVersioned));
        return DataCatalog.of(new CatalogConfig(folder, entries, Map.of(), Map.of(), Map.of(), null), providers);
    }

    private static Map<String, Object> entry(String file, boolean isVersioned) {
        return Map.of("type", "text", "filepath", file, "versioned", isVersioned);
    }

    private RunRequest request(DataCatalog catalog) {
        return RunRequest.of(pipeline, catalog)
                .withProviders(providers)
                .withIo("tee")
                .withStateFolder(folder.resolve("state"))
                .withVisibility(Visibility.MANIFEST);
    }

    private PipelineResult run(RunRequest request) {
        return new SequentialRunner().run(request);
    }

    @Test
    void aRunThatFailsShowsNothingAndOneThatSucceedsShowsAll() throws IOException {
        try (DataCatalog catalog = catalog(true)) {
            String first = run(request(catalog)).orElseThrow().runId().value();
            Files.writeString(folder.resolve("raw"), "newer");
            fails.set(true);
            PipelineResult failed = run(request(catalog));
            assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
            assertThat(folder.resolve("clean/" + failed.runId() + "/clean"))
                    .as("stored, for the run to be resumed")
                    .exists();
            try (DataCatalog reader = catalog(true)) {
                assertThat(reader.load(CLEAN)).isEqualTo("raw clean");
                assertThat(reader.load(REPORT)).isEqualTo("raw clean report");
            }
            fails.set(false);
            PipelineResult resumed = run(request(catalog).resume()).orElseThrow();
            assertThat(resumed.runId()).isEqualTo(failed.runId());
            try (DataCatalog reader = catalog(true)) {
                assertThat(reader.load(CLEAN)).isEqualTo("newer clean");
                assertThat(reader.load(REPORT)).isEqualTo("newer clean report");
            }
            assertManifest(first, 1);
            assertManifest(resumed.runId().value(), 2);
            assertThat(Files.readString(folder.resolve("state/runs/" + resumed.runId() + "/manifest-1")))
                    .as("the first attempt cannot publish any more")
                    .isEqualTo("{\"takenOver\":true,\"by\":2}");
        }
    }

    private void assertManifest(String runId, int attempt) throws IOException {
        JsonNode manifest = new ObjectMapper()
                .readTree(folder.resolve("state/runs/" + runId + "/manifest-" + attempt)
                        .toFile());
        assertThat(manifest.path("runId").asText()).isEqualTo(runId);
        assertThat(manifest.path("outputs").findValuesAsText("name")).isEqualTo(List.of("clean", "report"));
        JsonNode report = manifest.path("outputs").path(1);
        assertThat(report.path("madeFrom").path(0).asText()).isEqualTo("clean");
        Path file = folder.resolve("report/" + runId + "/report");
        assertThat(report.path("location").asText()).endsWith("report/" + runId + "/report");
        assertThat(report.path("size").asLong()).isEqualTo(Files.size(file));
        assertThat(report.path("sha256").asText()).hasSize(64);
    }

    @Test
    void outputsWithoutVersionsAreRefusedByName() {
        try (DataCatalog catalog = catalog(false)) {
            assertThatThrownBy(() -> run(request(catalog)))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("Outputs cannot become visible together (visibility: manifest): 'report' (text at "
                            + folder.resolve("report").toUri() + ") has no versions: add 'versioned: true'.");
        }
        assertThat(folder.resolve("clean")).doesNotExist();
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    void aRunIsResumedAsItWasBegun() {
        try (DataCatalog catalog = catalog(true)) {
            fails.set(true);
            PipelineResult failed = run(request(catalog));
            assertThatThrownBy(() ->
                            run(request(catalog).withVisibility(Visibility.EACH).resume()))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage(
                            "Run " + failed.runId() + " was begun with visibility manifest, and is to be resumed with"
                                    + " each. Resume it as it was begun.");
        }
    }

    /** Readers look for the manifest in the storage of the data. */
    @Test
    void aManifestInAnotherStorageOfTheSameSchemeIsRefused() {
        InMemoryStorage data = new InMemoryStorage();
        InMemoryStorage elsewhere = new InMemoryStorage();
        Providers both = providers.withStorage(data.provider());
        Map<String, Object> entries = new TreeMap<>();
        entries.put("raw", entry("raw", false));
        entries.put("clean", entry("memory://b/clean", true));
        entries.put("report", entry("memory://b/report", true));
        try (DataCatalog catalog =
                DataCatalog.of(new CatalogConfig(folder, entries, Map.of(), Map.of(), Map.of(), null), both)) {
            RunRequest request = request(catalog).withProviders(both);
            Location root = new Location("memory", "b", "/state/");
            assertThatThrownBy(() -> run(request.withState(elsewhere, root)))
                    .isInstanceOf(CatalogException.class)
                    .hasMessageMatching(
                            "Outputs cannot become visible together \\(visibility: manifest\\): '(clean|report)'"
                                    + " \\(text at memory://b/(clean|report), versioned\\) is in another storage than the manifest,"
                                    + " though both are 'memory': memory://b/state/locks/\\S+ is not seen from there. Set 'state'"
                                    + " in run.yml to a location beside the data, with its credentials.");
            assertThat(run(request.withState(data, root)).exitCode())
                    .as("beside the data")
                    .isZero();
        }
    }

    @Test
    void aRunThatCannotBePublishedHasNotSucceededForAnyInterceptor() throws IOException {
        List<String> heard = new ArrayList<>();
        List<Path> putInTheWay = new ArrayList<>(List.of(folder.resolve("state/runs/nightly/manifest-1")));
        RunInterceptor listening = new RunInterceptor() {
            @Override
            public void beforeRun(StartingRun run) throws IOException {
                for (Path folder : putInTheWay) {
                    Files.createDirectories(folder);
                }
            }

            @Override
            public void afterRun(PipelineResult result) {
                heard.add("succeeded, and report is visible: " + isVisible());
            }

            @Override
            public void onRunError(ContraflowException failure) {
                heard.add(failure.getClass().getSimpleName());
            }
        };
        try (DataCatalog catalog = catalog(true)) {
            RunRequest request = request(catalog).withInterceptor(listening);
            PipelineResult result = run(request.withRunId(new RunId("nightly")));
            assertThat(result.exitCode())
                    .as("only what makes it visible failed")
                    .isEqualTo(3);
            assertThat(result.failures())
                    .singleElement()
                    .isInstanceOf(PublishException.class)
                    .asString()
                    .contains("The outputs of run nightly are stored, but could not be published in ")
                    .endsWith("Resume the run to publish them.");
            assertThat(heard).containsExactly("PublishException");
            assertThat(isVisible()).isFalse();
            heard.clear();
            Files.delete(putInTheWay.remove(0));
            assertThat(run(request.resume()).orElseThrow().runId()).hasToString("nightly");
            assertThat(heard).containsExactly("succeeded, and report is visible: true");
        }
    }

    private boolean isVisible() {
        try (DataCatalog reader = catalog(true)) {
            return reader.exists(REPORT);
        }
    }
}
