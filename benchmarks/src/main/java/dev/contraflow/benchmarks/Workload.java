package dev.contraflow.benchmarks;

import dev.contraflow.run.RunShape;
import dev.contraflow.run.RunShape.Step;
import dev.contraflow.run.RunShape.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One of the workloads C1 to C12, as plain numbers: pipelines of the shapes that data teams have, on a storage like S3 (50 ms, 85 MB/s on a
 * connection, 1.25 GB/s together, 64 connections) unless its title says otherwise. Immutable.
 *
 * @param id C1 to C12
 * @param title what it is
 * @param shape the run
 */
public record Workload(String id, String title, RunShape shape) {
    private static final long MB = 1_000_000;
    private static final long UNLIMITED = Long.MAX_VALUE;
    private static final Store S3 = new Store(Duration.ofMillis(50), 85e6, 1.25e9, 64);

    /** @return all twelve, in their order */
    public static List<Workload> all() {
        return List.of(
                iris(),
                spaceflights("C2", 1),
                spaceflights("C3", 100),
                chain("C4", "chain of 20, 2 s and 200 MB each", new Work(20, 2, 200), S3, UNLIMITED),
                lattice(),
                fanOut(),
                chain("C7", "1,000 tiny nodes, 5 ms and 10 KB each", new Work(1000, 0.005, 0.01), S3, UNLIMITED),
                largeObject(),
                mosaic(),
                warehouse(),
                training(),
                chain(
                        "C12",
                        "chain of 12, 2 s and 1 GB each, 40 MB/s a connection, 200 MB/s, 16 connections, 3 GB memory",
                        new Work(12, 2, 1000),
                        new Store(Duration.ofMillis(50), 40e6, 200e6, 16),
                        3000 * MB));
    }

    /**
     * The same workload with other times and sizes. Bandwidths follow from both: what was in proportion stays so.
     *
     * @param time what times are multiplied by
     * @param bytes what sizes and the memory are multiplied by; no dataset gets smaller than a byte
     * @return a new workload
     */
    public Workload scaled(double time, double bytes) {
        Builder builder = new Builder();
        shape.sizes().forEach((name, size) -> builder.sizes.put(name, size(size, bytes)));
        shape.steps()
                .forEach(step -> builder.steps.add(
                        new Step(step.name(), scaled(step.compute(), time), step.inputs(), step.outputs())));
        Store store = shape.store();
        Store other = new Store(
                scaled(store.latency(), time),
                store.connection() * bytes / time,
                store.total() * bytes / time,
                store.channels());
        return builder.build(id, title, other, shape.memory() == UNLIMITED ? UNLIMITED : size(shape.memory(), bytes));
    }

    private static long size(long size, double factor) {
        return Math.max(1, Math.round(size * factor));
    }

    private static Duration scaled(Duration time, double factor) {
        return Duration.ofNanos(Math.round(time.toNanos() * factor));
    }

    private static final class Builder {
        private final List<Step> steps = new ArrayList<>();
        private final Map<String, Long> sizes = new LinkedHashMap<>();

        private Builder size(String dataset, double megabytes) {
            sizes.put(dataset, Math.max(1, Math.round(megabytes * MB)));
            return this;
        }

        private Builder step(String name, double seconds, List<String> inputs, List<String> outputs) {
            steps.add(new Step(name, Duration.ofNanos(Math.round(seconds * 1e9)), inputs, outputs));
            return this;
        }

        /** A node with one output. */
        private Builder view(String output, double seconds, double megabytes, String... inputs) {
            return size(output, megabytes).step("make_" + output, seconds, List.of(inputs), List.of(output));
        }

        private Workload build(String id, String title, Store store, long memory) {
            return new Workload(id, title, new RunShape(steps, sizes, Set.of(), store, memory, 1));
        }
    }

    private static Workload iris() {
        Builder iris = new Builder();
        List<String> parts = List.of("train_x", "train_y", "test_x", "test_y");
        parts.forEach(part -> iris.size(part, 0));
        iris.step("split_data", 0, List.of(), parts);
        iris.view("model", 0, 0, "train_x", "train_y");
        iris.view("predictions", 0, 0, "model", "test_x");
        iris.step("report_accuracy", 0, List.of("predictions", "test_y"), List.of());
        Store slow = new Store(Duration.ofSeconds(10), 1e15, 1e15, 64);
        return iris.build("C1", "Iris: 4 nodes, 6 datasets, 10 s for each load and save", slow, UNLIMITED);
    }

    private static Workload spaceflights(String id, int times) {
        Builder flights = new Builder();
        flights.size("companies", 2 * times).size("shuttles", 4 * times).size("reviews", 4 * times);
        flights.view("prep_companies", 1, 2 * times, "companies");
        flights.view("prep_shuttles", 8, 6 * times, "shuttles");
        flights.view("model_input", 3, 8 * times, "prep_companies", "prep_shuttles", "reviews");
        flights.size("x_train", 5 * times).size("x_test", 1.3 * times);
        flights.size("y_train", 0.5 * times).size("y_test", 0.1 * times);
        flights.step("split", 1, List.of("model_input"), List.of("x_train", "x_test", "y_train", "y_test"));
        flights.view("regressor", 5, 0.01 * times, "x_train", "y_train");
        flights.view("metrics", 1, 0.001 * times, "regressor", "x_test", "y_test");
        return flights.build(id, "Spaceflights, " + 10 * times + " MB in", S3, UNLIMITED);
    }

    private record Work(int nodes, double seconds, double megabytes) {}

    private static Workload chain(String id, String title, Work each, Store store, long memory) {
        Builder chain = new Builder().size("d0", each.megabytes);
        for (int i = 1; i <= each.nodes; i++) {
            chain.view("d" + i, each.seconds, each.megabytes, "d" + (i - 1));
        }
        return chain.build(id, title, store, memory);
    }

    private static Workload lattice() {
        Builder lattice = new Builder().size("in", 50);
        for (int row = 0; row < 10; row++) {
            for (int column = 0; column < 10; column++) {
                List<String> inputs = new ArrayList<>();
                if (row > 0) {
                    inputs.add("d" + (row - 1) + column);
                }
                if (column > 0) {
                    inputs.add("d" + row + (column - 1));
                }
                if (inputs.isEmpty()) {
                    inputs.add("in");
                }
                lattice.view("d" + row + column, 0.5, 50, inputs.toArray(String[]::new));
            }
        }
        return lattice.build("C5", "lattice of 10 by 10, 0.5 s and 50 MB each", S3, UNLIMITED);
    }

    private static Workload fanOut() {
        Builder fan = new Builder().size("in", 500);
        fan.view("shared", 5, 500, "in");
        String[] parts = names("part", 200);
        for (String part : parts) {
            fan.view(part, 0.1, 5, "shared");
        }
        fan.view("joined", 2, 10, parts);
        return fan.build("C6", "500 MB shared by 200 nodes of 0.1 s, 5 MB each, and a join", S3, UNLIMITED);
    }

    private static String[] names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    private static Workload largeObject() {
        Builder large = new Builder();
        large.view("large", 20, 5000);
        large.view("result", 30, 1, "large");
        return large.build("C8", "one object of 5 GB between 20 s and 30 s", S3, UNLIMITED);
    }

    private static Workload mosaic() {
        Builder mosaic = new Builder();
        for (int i = 0; i < 100; i++) {
            mosaic.size("image" + i, 4).view("projected" + i, 1.5, 8, "image" + i);
        }
        for (int i = 0; i < 300; i++) {
            int image = i / 3;
            int other = (image + 1 + i % 3) % 100;
            mosaic.view("difference" + i, 0.2, 0.3, "projected" + image, "projected" + other);
        }
        mosaic.view("all_differences", 2, 4, names("difference", 300));
        mosaic.view("background_model", 5, 4, "all_differences");
        for (int i = 0; i < 100; i++) {
            mosaic.view("corrected" + i, 0.3, 8, "projected" + i, "background_model");
        }
        mosaic.view("mosaic", 20, 1600, names("corrected", 100));
        mosaic.view("small_mosaic", 3, 10, "mosaic");
        return mosaic.build("C9", "mosaic of 100 images, 504 nodes", S3, UNLIMITED);
    }

    private static Workload warehouse() {
        Builder etl = new Builder();
        etl.size("lineitem", 2600).size("orders", 620).size("partsupp", 430).size("customer", 120);
        etl.size("part", 65).size("supplier", 8).size("nation", 0.002).size("region", 0.001);
        etl.view("lo", 12, 900, "lineitem", "orders").view("loc", 8, 700, "lo", "customer");
        etl.view("ps_s", 3, 300, "partsupp", "supplier").view("geo", 0.2, 5, "nation", "region");
        etl.view("lops", 10, 800, "loc", "ps_s").view("q1", 4, 1, "lo").view("q3", 4, 2, "loc");
        etl.view("q5", 5, 1, "lops", "geo")
                .view("q9", 6, 3, "lops", "part", "geo")
                .view("q18", 4, 5, "loc");
        etl.view("feat", 9, 500, "lops", "geo").view("train_set", 5, 300, "feat");
        etl.view("report", 1, 0.1, "q1", "q3", "q5", "q9", "q18");
        return etl.build("C10", "warehouse: 8 tables of 3.8 GB, 13 views", S3, UNLIMITED);
    }

    private static Workload training() {
        Builder epochs = new Builder().size("data", 4000);
        for (int i = 1; i <= 50; i++) {
            epochs.view("checkpoint" + i, 30, 2000, i == 1 ? "data" : "checkpoint" + (i - 1));
        }
        return epochs.build("C11", "50 epochs of 30 s, a checkpoint of 2 GB each, 8 GB memory", S3, 8000 * MB);
    }
}
