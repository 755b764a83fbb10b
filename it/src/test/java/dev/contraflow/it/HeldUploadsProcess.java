package dev.contraflow.it;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * A process whose nodes hand on large values, none of which arrives in the storage before the last node has run: an uplink that is slower
 * than all nodes together. Arguments: a folder, the number of values, the size of each in bytes, and the tee's memory in bytes.
 */
final class HeldUploadsProcess {
    private static final CountDownLatch RELEASED = new CountDownLatch(1);

    private HeldUploadsProcess() {}

    private static DatasetRef<byte[]> ref(int i) {
        return DatasetRef.of("d" + i, byte[].class);
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        int size = Integer.parseInt(args[2]);
        Providers providers = Providers.discover();
        try (Storage files = HeldFile.localFiles(providers, folder)) {
            DataCatalog.Builder catalog = DataCatalog.builder();
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                catalog.add(
                        ref(i),
                        new HeldFile<>(
                                new FileDataset<>(
                                        files,
                                        Location.file(folder.resolve("data/d" + i)),
                                        providers
                                                .format("bytes")
                                                .orElseThrow()
                                                .create(ref(i).type(), FormatOptions.none())),
                                RELEASED));
                nodes.add(node(i, size));
            }
            nodes.add(Node.named("last").reads(ref(count - 1)).runs(value -> {
                if (value.length != size || value[0] != (byte) count) {
                    throw new IllegalStateException("not what was made");
                }
                System.out.println("all nodes have run");
                RELEASED.countDown();
            }));
            PipelineResult result = new SequentialRunner()
                    .run(RunRequest.of(Pipeline.of(nodes), catalog.build())
                            .withProviders(providers)
                            .withIo("tee")
                            .withDrainLimit(Duration.ofMinutes(2)) // should a node fail
                            .withRunOptions(ConfigSection.of(
                                    "run", Map.of("tee", Map.of("memory", Integer.parseInt(args[3])))))
                            .withStateFolder(folder.resolve("state")));
            System.out.println(result.state());
        }
    }

    /** Each value tells by its first byte how many nodes it came through. */
    private static Node node(int i, int size) {
        return i == 0
                ? Node.named("n0").readsNothing().writes(ref(0)).by(() -> first(size))
                : Node.named("n" + i).reads(ref(i - 1)).writes(ref(i)).by(HeldUploadsProcess::next);
    }

    private static byte[] first(int size) {
        byte[] first = new byte[size];
        first[0] = 1;
        return first;
    }

    private static byte[] next(byte[] before) {
        byte[] next = before.clone();
        next[0]++;
        return next;
    }
}
