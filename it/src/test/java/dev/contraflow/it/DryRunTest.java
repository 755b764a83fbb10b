package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.run.DryRun;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.RunInterceptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dry run says what the run would do, and leaves no trace. */
class DryRunTest {
    private static final DatasetRef<String> IN = DatasetRef.of("in", String.class);
    private static final DatasetRef<String> CLEAN = DatasetRef.of("clean", String.class);
    private static final DatasetRef<Integer> SIZE = DatasetRef.of("size", Integer.class);
    private static final DatasetRef<String> REPORT = DatasetRef.of("report", String.class);

    @TempDir
    Path root;

    private final List<String> calls = new ArrayList<>();

    private final Pipeline pipeline = Pipeline.of(
            Node.named("clean").reads(IN).writes(CLEAN).by(text -> {
                calls.add("clean");
                return text.strip();
            }),
            Node.named("measure").reads(CLEAN).writes(SIZE).by(String::length),
            Node.named("report").reads(SIZE).writes(REPORT).by(String::valueOf),
            Node.named("tell").reads(REPORT).runs(text -> calls.add("tell")));

    private final Project project = new Project() {
        @Override
        public Map<String, Pipeline> pipelines() {
            return Map.of("main", pipeline);
        }

        @Override
        public Path root() {
            return root;
        }
    };

    private RunRequest request() {
        return RunRequest.of(project, "main", "local").withIo("plain");
    }

    @BeforeEach
    void goodProject() throws IOException {
        write("conf/local/.keep", "");
        write("conf/base/catalog.yml", """
                in: {type: text, filepath: data/in.txt}
                clean: {type: text, filepath: data/clean.txt}
                report: {type: text, filepath: data/report.txt}
                """);
        write("data/in.txt", " x ");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, text);
    }

    private Set<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return new TreeSet<>(
                    files.map(file -> root.relativize(file).toString()).toList());
        }
    }

    @Test
    void saysWhatWouldRunAndWhereEverythingIs() throws IOException {
        Set<String> before = files();
        DryRun dry = DryRun.of(request());
        assertThat(dry.describe()).isEqualTo("""
                        4 of 4 nodes would run, with io plain (chosen for this run)
                          RUN   clean: it was asked for
                          RUN   measure: it was asked for
                          RUN   report: it was asked for
                          RUN   tell: it was asked for
                          READ  in: text at file://ROOT/data/in.txt
                          WRITE clean: text at file://ROOT/data/clean.txt
                          WRITE size: memory
                          WRITE report: text at file://ROOT/data/report.txt""".replace("ROOT", root.toString()));
        assertThat(dry.orElseThrow().isClean()).isTrue();
        assertThat(calls).isEmpty();
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void saysOfWhatIsThereWhetherItWouldBeReplaced() throws IOException {
        write("conf/base/catalog.yml", """
                in: {type: text, filepath: data/in.txt}
                clean: {type: text, filepath: data/clean.txt}
                report: {type: text, filepath: data/report.txt, versioned: true}
                """);
        assertThat(DryRun.of(request()).describe()).endsWith("/data/report.txt, versioned");
        new SequentialRunner().run(request()).orElseThrow();
        assertThat(DryRun.of(request()).describe())
                .contains("/data/clean.txt, is there and would be replaced\n")
                .endsWith("/data/report.txt, versioned, gets a new version");
    }

    @Test
    void saysOfEachNodeWhyItIsNeeded() throws IOException {
        new SequentialRunner().run(request()).orElseThrow();
        assertThat(whys(DryRun.of(request().onlyMissing())))
                .containsExactly(
                        "SKIP clean: everything that it writes is there",
                        "SKIP measure: everything that it writes is there",
                        "SKIP report: everything that it writes is there",
                        "RUN tell: it writes nothing");
        Files.delete(root.resolve("data/report.txt"));
        DryRun dry = DryRun.of(request().onlyMissing());
        assertThat(whys(dry))
                .containsExactly(
                        "SKIP clean: everything that it writes is there",
                        "RUN measure: 'size' is in memory, and node 'report' needs it",
                        "RUN report: 'report' is missing",
                        "RUN tell: it writes nothing");
        assertThat(dry.datasets())
                .extracting(dataset -> dataset.name() + " " + dataset.existence() + " " + dataset.isRead() + " "
                        + dataset.writer().orElse("-"))
                .containsExactly("clean THERE true -", "size IN_MEMORY true measure", "report MISSING true report");
        calls.clear();
        new SequentialRunner().run(request().onlyMissing()).orElseThrow();
        assertThat(calls).as("the run does what the dry run said").containsExactly("tell");
    }

    private static List<String> whys(DryRun dry) {
        return dry.nodes().stream()
                .map(node -> (node.runs() ? "RUN " : "SKIP ") + node.name() + ": " + node.why())
                .toList();
    }

    @Test
    void listsInputsThatAreMissing() throws IOException {
        Files.delete(root.resolve("data/in.txt"));
        DryRun dry = DryRun.of(request());
        assertThat(dry.isClean()).isFalse();
        assertThat(dry.problems())
                .containsExactly("Dataset 'in' (text at file://" + root + "/data/in.txt), which node 'clean' reads,"
                        + " does not exist. Put it there, run the node that writes it, or correct its filepath. It is"
                        + " described at conf/base/catalog.yml:1:1.");
        assertThat(dry.describe()).contains("\n  READ  in: text at file://" + root + "/data/in.txt, is missing");
        assertThatThrownBy(dry::orElseThrow)
                .isInstanceOf(CatalogException.class)
                .hasMessage(dry.problems().get(0));
    }

    @Test
    void refusesWhatARunRefuses() throws IOException {
        write("conf/base/catalog.yml", """
                in: {type: text, filepath: data/in.txt}
                clean: {type: text, filepath: data/clean.txt}
                report: {type: text, filepath: "s3://bucket/report.txt", credentials: mine}
                """);
        String fromRun = message(() -> new SequentialRunner().run(request()));
        assertThat(fromRun).contains("conf/base/catalog.yml:3:");
        assertThat(message(() -> DryRun.of(request()))).isEqualTo(fromRun);
        write("conf/base/catalog.yml", """
                in: {type: text, filepath: data/in.txt}
                clean: {type: csv, filepath: data/clean.txt}
                """);
        fromRun = message(() -> new SequentialRunner().run(request()));
        assertThat(fromRun).contains("conf/base/catalog.yml:2:");
        assertThat(message(() -> DryRun.of(request()))).isEqualTo(fromRun);
    }

    private static String message(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(call);
        assertThat(thrown).isInstanceOf(CatalogException.class);
        return String.valueOf(thrown.getMessage());
    }

    @Test
    void findsOutputsWhoseStorageCannotBeReached() {
        DatasetRef<String> out = DatasetRef.of("out", String.class);
        Dataset<String> unreachable = new ForwardingDataset<>(new MemoryDataset<String>("out")) {
            @Override
            public boolean isPersistent() {
                return true;
            }

            @Override
            public boolean exists() throws IOException {
                throw new IOException("Access denied");
            }

            @Override
            public String describe() {
                return "table at far away";
            }
        };
        DataCatalog catalog = DataCatalog.builder().add(out, unreachable).build();
        DryRun dry = DryRun.of(RunRequest.of(
                        Pipeline.of(
                                Node.named("make").readsNothing().writes(out).by(() -> "x")),
                        catalog)
                .withIo("plain"));
        assertThat(dry.problems())
                .containsExactly("Dataset 'out' (table at far away), which node 'make' writes, cannot be reached:"
                        + " Access denied.");
        assertThat(dry.datasets().get(0).existence()).isEqualTo(DryRun.Existence.UNKNOWN);
    }

    @Test
    void interceptorsAddTheirDatasetsAndListenersHearNothing() throws IOException {
        write("conf/base/catalog.yml", "report: {type: text, filepath: data/report.txt}\n");
        List<Object> heard = new ArrayList<>();
        DryRun dry = DryRun.of(request().withListener(heard::add).withInterceptor(new RunInterceptor() {
            @Override
            public void catalogCreated(StartingRun run) {
                run.add(IN, new MemoryDataset<>("in"));
            }
        }));
        assertThat(dry.isClean()).isTrue();
        assertThat(heard).isEmpty();
    }
}
