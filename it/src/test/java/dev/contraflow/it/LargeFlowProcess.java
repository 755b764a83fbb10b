package dev.contraflow.it;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A process through which a chain of nodes passes many large values, more together than its heap holds many times over. Arguments: a folder,
 * the number of values, the size of each in bytes, the I/O manager, and the tee's memory in bytes if it is not to be the default.
 */
final class LargeFlowProcess {
    private LargeFlowProcess() {}

    private static DatasetRef<byte[]> ref(int i) {
        return DatasetRef.of("d" + i, byte[].class);
    }

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        int size = Integer.parseInt(args[2]);
        Map<String, Object> tee = args.length > 4 ? Map.of("memory", Integer.parseInt(args[4])) : Map.of();
        Providers providers = Providers.discover();
        try (Storage files = providers
                .storage("file")
                .orElseThrow()
                .open(new StorageConfig("file", ConfigSection.empty("file"), ConfigSection.empty("none"), folder))) {
            Format<byte[]> bytes = providers.format("bytes").orElseThrow().create(ref(0).type(), FormatOptions.none());
            DataCatalog.Builder catalog = DataCatalog.builder();
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Location at = Location.file(folder.resolve("data/d" + i));
                catalog.add(ref(i), new FileDataset<>(files, at, bytes));
                byte seed = (byte) i;
                nodes.add(
                        i == 0
                                ? Node.named("n0").readsNothing().writes(ref(0)).by(() -> new byte[size])
                                : Node.named("n" + i)
                                        .reads(ref(i - 1))
                                        .writes(ref(i))
                                        .by(before -> next(before, seed)));
            }
            PipelineResult result = new SequentialRunner()
                    .run(RunRequest.of(Pipeline.of(nodes), catalog.build())
                            .withProviders(providers)
                            .withIo(args[3])
                            .withRunOptions(ConfigSection.of("run", Map.of("tee", tee)))
                            .withStateFolder(folder.resolve("state")));
            System.out.println(result.state());
        }
    }

    /** Each value tells by its first bytes how many it came through. */
    private static byte[] next(byte[] before, byte seed) {
        byte[] next = before.clone();
        next[Byte.toUnsignedInt(seed) % 64] = seed;
        return next;
    }
}
