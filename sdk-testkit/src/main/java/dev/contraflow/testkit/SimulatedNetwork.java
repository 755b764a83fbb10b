package dev.contraflow.testkit;

import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * How long requests take, in virtual time: each waits for the latency, then its bytes flow at the rate of one channel, or at its share of what
 * all channels have together if that is less (a fluid model). Thread-safe.
 */
public final class SimulatedNetwork {
    private final Simulation simulation;
    private final Duration latency;
    private final double channel; // bytes a nanosecond
    private final double total;
    private final Set<Flow> flows = new HashSet<>(); // guarded by this, as the next
    private long lastLooked;

    /** Bytes under way. */
    private static final class Flow {
        private double left;

        Flow(long bytes) {
            left = bytes;
        }
    }

    /**
     * @param simulation whose time it takes
     * @param latency how long a request takes before its first byte
     * @param channelBytesPerSecond the rate of one request, positive
     * @param totalBytesPerSecond the rate of all requests together, positive
     */
    public SimulatedNetwork(
            Simulation simulation, Duration latency, double channelBytesPerSecond, double totalBytesPerSecond) {
        this.simulation = Objects.requireNonNull(simulation, "simulation is null");
        this.latency = Objects.requireNonNull(latency, "latency is null");
        this.channel = channelBytesPerSecond / 1e9;
        this.total = totalBytesPerSecond / 1e9;
    }

    /**
     * A network on which only the latency takes time.
     *
     * @param simulation whose time it takes
     * @param latency how long a request takes
     * @return the network
     */
    public static SimulatedNetwork ofLatency(Simulation simulation, Duration latency) {
        return new SimulatedNetwork(simulation, latency, Double.MAX_VALUE, Double.MAX_VALUE);
    }

    /**
     * Takes the time of one request.
     *
     * @param bytes how many bytes it moves
     * @throws InterruptedException if the thread was interrupted; the time until then has passed
     */
    public void transfer(long bytes) throws InterruptedException {
        simulation.sleep(latency);
        flow(bytes);
    }

    /** The second part of it: bytes that come with an answer. */
    void flow(long bytes) throws InterruptedException {
        Flow flow = new Flow(bytes);
        synchronized (this) {
            changed(() -> flows.add(flow));
            try {
                for (long wait = untilDone(flow); wait > 0; wait = untilDone(flow)) {
                    simulation.await(this, wait);
                    passed();
                }
            } finally {
                changed(() -> flows.remove(flow));
            }
        }
    }

    private double rate() {
        return Math.min(channel, total / Math.max(1, flows.size()));
    }

    private long untilDone(Flow flow) {
        return flow.left <= 1e-6 ? 0 : (long) Math.ceil(flow.left / rate() - 1e-3);
    }

    /** What has flowed since somebody last looked. */
    private void passed() {
        long now = simulation.nanoTime();
        double moved = (now - lastLooked) * rate();
        lastLooked = now;
        flows.forEach(flow -> flow.left = Math.max(0, flow.left - moved));
    }

    private void changed(Runnable change) {
        passed();
        change.run();
        simulation.wakeAll(this);
    }
}
