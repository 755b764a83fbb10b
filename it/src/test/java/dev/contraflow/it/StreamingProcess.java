package dev.contraflow.it;

import dev.contraflow.DatasetRef;
import dev.contraflow.NamedNode;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Rows;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.config.ConfigSection;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * A process of its own with a small heap, through which more rows flow than it holds. Arguments: what is to go wrong, the I/O manager, how
 * many megabytes, a folder, and the options of S3 as {@code key=value} if the data is to stand there. It prints what became of the run.
 */
final class StreamingProcess {
    private static final String PADDING = "0123456789".repeat(40);

    record Trip(long id, double km, String note) {}

    record Fare(long trip, double price, String note) {}

    record Totals(long fares, double price) {}

    private static final DatasetRef<Rows<Trip>> TRIPS = DatasetRef.rowsOf("trips@jsonl", Trip.class);
    private static final DatasetRef<Rows<String>> LINES = DatasetRef.rowsOf("trips@text", String.class);
    private static final DatasetRef<Rows<Fare>> FARES = DatasetRef.rowsOf("fares", Fare.class);
    private static final DatasetRef<Totals> TOTALS = DatasetRef.of("totals", Totals.class);

    /** What is to go wrong. */
    enum Fault {
        NOTHING,
        A_FUNCTION_ON_ROWS,
        A_LINE,
        A_SAVE
    }

    private StreamingProcess() {}

    public static void main(String[] args) throws IOException {
        Fault fault = Fault.valueOf(args[0]);
        Path folder = Path.of(args[3]);
        Providers providers = Providers.discover();
        boolean isS3 = args.length > 4;
        try (Storage storage = isS3 ? s3(providers, List.of(args).subList(5, args.length)) : local(providers, folder)) {
            Location root = isS3
                    ? Location.parse(args[4], folder)
                    : Location.file(folder.resolve("data")).plus("/");
            // nothing can be written below a file
            Location fares = fault == Fault.A_SAVE ? root.plus("trips.jsonl/fares.csv") : root.plus("fares.csv");
            DataCatalog.Builder catalog = DataCatalog.builder();
            add(catalog, TRIPS, providers, "jsonl", storage, root.plus("trips.jsonl"));
            add(catalog, LINES, providers, "text", storage, root.plus("trips.jsonl"));
            add(catalog, FARES, providers, "csv", storage, fares);
            add(catalog, TOTALS, providers, "json", storage, root.plus("totals.json"));
            long count = Long.parseLong(args[2]) * 1_000_000 / 450;
            PipelineResult result = new SequentialRunner()
                    .run(RunRequest.of(pipeline(count, fault), catalog.build())
                            .withProviders(providers)
                            .withIo(args[1])
                            .withStateFolder(folder.resolve("state")));
            System.out.println(result.state());
            result.failures().forEach(failure -> System.out.println(failure.getMessage()));
        }
    }

    private static Pipeline pipeline(long count, Fault fault) {
        Rows<Trip> trips = Rows.from(() -> LongStream.range(0, count).mapToObj(StreamingProcess::trip));
        NamedNode make = Node.named("make");
        return Pipeline.of(
                fault == Fault.A_LINE
                        ? make.readsNothing()
                                .writes(LINES)
                                .by(() -> trips.map(trip -> trip.id() < count / 2 ? line(trip) : "{"))
                        : make.readsNothing().writes(TRIPS).by(() -> trips),
                Node.named("price")
                        .reads(TRIPS)
                        .writes(FARES)
                        .by(read -> read.filter(trip -> trip.id() % 10 != 0).map(trip -> fare(trip, count, fault))),
                Node.named("total").reads(FARES).writes(TOTALS).by(StreamingProcess::total));
    }

    private static Trip trip(long id) {
        return new Trip(id, id % 100 / 4.0, PADDING);
    }

    private static String line(Trip trip) {
        return "{\"id\":" + trip.id() + ",\"km\":" + trip.km() + ",\"note\":\"" + trip.note() + "\"}";
    }

    private static Fare fare(Trip trip, long count, Fault fault) throws Exception {
        if (fault == Fault.A_FUNCTION_ON_ROWS && trip.id() > count / 2) {
            throw new Exception("no fare for trip " + trip.id());
        }
        return new Fare(trip.id(), trip.km() * 2, trip.note());
    }

    private static Totals total(Rows<Fare> fares) throws IOException {
        double price = 0;
        try (Rows.Cursor<Fare> cursor = fares.open()) {
            while (cursor.advance()) {
                price += cursor.row().price();
            }
        }
        return new Totals(fares.count(), price);
    }

    private static <T> void add(
            DataCatalog.Builder catalog,
            DatasetRef<T> ref,
            Providers providers,
            String typeId,
            Storage storage,
            Location at) {
        catalog.add(
                ref,
                new FileDataset<>(
                        storage, at, providers.format(typeId).orElseThrow().create(ref.type(), FormatOptions.none())));
    }

    private static Storage local(Providers providers, Path folder) {
        return providers
                .storage("file")
                .orElseThrow()
                .open(new StorageConfig("file", ConfigSection.empty("file"), ConfigSection.empty("none"), folder));
    }

    private static Storage s3(Providers providers, List<String> keysAndValues) {
        Map<String, Object> options = new HashMap<>();
        Map<String, Object> credentials = new HashMap<>();
        for (String each : keysAndValues) {
            String key = each.substring(0, each.indexOf('='));
            String value = each.substring(each.indexOf('=') + 1);
            (key.endsWith("_key") || key.endsWith("_key_id") ? credentials : options)
                    .put(key, key.equals("path_style") ? Boolean.valueOf(value) : value);
        }
        return providers
                .storage("s3")
                .orElseThrow()
                .open(new StorageConfig(
                        "s3",
                        ConfigSection.of("s3", options),
                        ConfigSection.of("credentials", credentials),
                        Path.of("")));
    }
}
