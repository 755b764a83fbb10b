package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.run.Cancellation;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.InMemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The storage of a run's state that run.yml names is opened for the run, and closed with it, whatever happens. */
class StateStorageTest {
    private static final DatasetRef<String> OUT = DatasetRef.of("out", String.class);

    @TempDir
    Path root;

    private final AtomicInteger open = new AtomicInteger();
    private final InMemoryStorage objects = new InMemoryStorage();
    private boolean closesBadly;

    /** Counts how many are open, and may throw when it is closed. */
    private final class Counted implements Storage {
        Counted() {
            open.incrementAndGet();
        }

        @Override
        public Content read(Location at, Grant memory) throws IOException {
            return objects.read(at, memory);
        }

        @Override
        public PendingWrite create(Location at, WriteSpec spec) throws IOException {
            return objects.create(at, spec);
        }

        @Override
        public Optional<ObjectInfo> info(Location at) throws IOException {
            return objects.info(at);
        }

        @Override
        public List<Listed> list(Location prefix) throws IOException {
            return objects.list(prefix);
        }

        @Override
        public void delete(Location at) throws IOException {
            objects.delete(at);
        }

        @Override
        public void close() {
            open.decrementAndGet();
            if (closesBadly) {
                throw new IllegalStateException("a client that was closed already");
            }
        }
    }

    private final class CountedProvider implements StorageProvider {
        @Override
        public Set<String> schemes() {
            return Set.of("memory");
        }

        @Override
        public Storage open(StorageConfig config) {
            return new Counted();
        }
    }

    private final class OneNode implements Project {
        @Override
        public Map<String, Pipeline> pipelines() {
            return Map.of(
                    "main",
                    Pipeline.of(Node.named("n").readsNothing().writes(OUT).by(() -> "v")));
        }
    }

    @BeforeEach
    void write() throws IOException {
        Files.createDirectories(root.resolve("conf/base"));
        Files.createDirectories(root.resolve("conf/local"));
        Files.writeString(root.resolve("conf/base/catalog.yml"), "out: {type: text, filepath: out.txt}\n");
    }

    private PipelineResult run(String more, Cancellation cancellation) throws IOException {
        Files.writeString(root.resolve("conf/base/run.yml"), "state: {location: \"memory://b/state/\"}\n" + more);
        return new SequentialRunner()
                .run(RunRequest.of(new OneNode(), List.of("main"), ConfigSource.of(root))
                        .withProviders(Providers.discover().withStorage(new CountedProvider()))
                        .withCancellation(cancellation));
    }

    @Test
    void aRunThatIsRefusedLaterLeavesItClosed() {
        assertThatThrownBy(() -> run("io: nonesuch\n", new Cancellation()))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("nonesuch");
        assertThat(open).as("opened and not closed").hasValue(0);
    }

    @Test
    void oneThatFailsWhenItIsClosedTakesNothingFromTheResult() throws IOException {
        closesBadly = true;
        PipelineResult result = run("io: tee\n", new Cancellation());
        assertThat(result.exitCode()).as(result.summary()).isZero();
        assertThat(open).hasValue(0);
        assertThat(objects.list(new Location("memory", "b", "/state/locks/")))
                .as("the lock was given back")
                .isEmpty();
    }
}
