package dev.contraflow.it.docs;

import dev.contraflow.ContraflowException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Keeps the paid orders, and sums them up. */
public final class Shop implements Project {
    static final DatasetRef<List<Order>> ORDERS = DatasetRef.listOf("orders", Order.class);
    static final DatasetRef<List<Order>> PAID = DatasetRef.listOf("paid_orders", Order.class);
    static final DatasetRef<String> SUMMARY = DatasetRef.of("summary", String.class);

    public record Order(String id, long cents, boolean paid) {}

    private final Path root;

    /** The project in the working directory. */
    public Shop() {
        this(Path.of(""));
    }

    Shop(Path root) {
        this.root = root;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public Map<String, Pipeline> pipelines() {
        return Map.of(
                "shop",
                Pipeline.of(
                        Node.named("keep_paid").reads(ORDERS).writes(PAID).by(Shop::keepPaid),
                        Node.named("sum_up").reads(PAID).writes(SUMMARY).by(Shop::sumUp)));
    }

    static List<Order> keepPaid(List<Order> orders) {
        return orders.stream().filter(Order::paid).toList();
    }

    static String sumUp(List<Order> paid) {
        return paid.size() + " orders, " + paid.stream().mapToLong(Order::cents).sum() + " cents\n";
    }

    public static void main(String[] args) {
        System.exit(run(new Shop(), args));
    }

    static int run(Shop shop, String... args) {
        try {
            PipelineResult result = new SequentialRunner().run(request(shop, args));
            System.out.println(result.summary());
            return result.exitCode(); // 0, 1 a node failed, 3 only saves failed, 130 cancelled
        } catch (ContraflowException e) { // something is wrong with the configuration or the request: nothing has run
            System.err.println(e.getMessage());
            return 2;
        }
    }

    static RunRequest request(Shop shop, String... args) {
        RunRequest request = RunRequest.of(shop, "shop", "local");
        return List.of(args).contains("resume") ? request.resume() : request;
    }
}
