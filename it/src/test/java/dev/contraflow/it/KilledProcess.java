package dev.contraflow.it;

import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.it.simulation.Lineage;
import dev.contraflow.it.simulation.Lineage.Entry;
import dev.contraflow.it.simulation.Lineage.Kind;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.spi.RunThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A process that runs a {@link Lineage} on S3, for the first time or to resume it, and says at once what happens: {@code called <node>},
 * {@code saving <dataset>}, {@code durable <dataset> <digest>}, {@code restored <node>}. Of every second pipeline the saves take long, and what is
 * not durable yet is kept on the disk. Arguments: the seed, the attempt, a folder, the bucket, endpoint, region,
 * access key and secret key.
 */
final class KilledProcess {
    private KilledProcess() {}

    public static void main(String[] args) {
        long seed = Long.parseLong(args[0]);
        Path folder = Path.of(args[2]);
        Lineage lineage = new Lineage(seed, false);
        Map<String, Object> entries = new HashMap<>();
        lineage.entries().values().stream()
                .filter(Entry::isPersistent)
                .forEach(
                        entry -> entries.put(entry.name(), entry(entry, args[3], isSpooling(seed) ? "150ms" : "25ms")));
        Map<String, Object> s3 = Map.of("endpoint", args[4], "region", args[5], "path_style", true);
        Map<String, Object> keys = Map.of("access_key_id", args[6], "secret_access_key", args[7]);
        CatalogConfig config = new CatalogConfig(folder, entries, one("mine", keys), one("s3", s3), Map.of(), null);
        try (DataCatalog catalog = DataCatalog.of(config, Providers.discover())) {
            RunRequest request = RunRequest.of(lineage.pipeline(RunThreads.ofJvm(), Integer.parseInt(args[1])), catalog)
                    .withIo("tee")
                    .withRunOptions(ConfigSection.of("run", one("tee", tee(seed))))
                    .withStateFolder(folder.resolve("state"))
                    .withVisibility(seed % 3 == 0 ? Visibility.ORDERED : Visibility.EACH)
                    .withCodeVersion("1")
                    .withListener(KilledProcess::tell);
            boolean isBegun = Files.exists(folder.resolve("state/runs"));
            PipelineResult result = new SequentialRunner().run(isBegun ? request.resume() : request);
            System.out.println(result.state());
            System.out.flush();
        }
    }

    private static boolean isSpooling(long seed) {
        return seed % 4 >= 2;
    }

    private static Map<String, Object> tee(long seed) {
        return Map.of("memory", seed % 2 == 0 ? 2000 : 1 << 20, "spool", isSpooling(seed) ? 1 << 20 : 0);
    }

    private static Map<String, Object> one(String key, Object value) {
        return Map.of(key, value);
    }

    private static Map<String, Object> entry(Entry entry, String bucket, String delay) {
        Map<String, Object> file = Map.of(
                "type",
                "text",
                "filepath",
                "s3://" + bucket + "/" + entry.name(),
                "credentials",
                "mine",
                "versioned",
                entry.kind() == Kind.VERSIONED);
        return Map.of("type", "slow", "save_delay", delay, "dataset", file);
    }

    private static void tell(RunEvent event) {
        if (event instanceof RunEvent.RunStarted started) {
            say("run " + started.runId());
        } else if (event instanceof RunEvent.NodeCalled called) {
            say("called " + called.node());
        } else if (event instanceof RunEvent.NodeSkipped skipped
                && skipped.why().endsWith("from the spool")) {
            say("restored " + skipped.node());
        } else if (event instanceof RunEvent.SaveStarted saving) {
            say("saving " + saving.dataset());
        } else if (event instanceof RunEvent.DatasetDurable durable) {
            say("durable " + durable.dataset() + " "
                    + Objects.requireNonNull(durable.stored()).sha256());
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
