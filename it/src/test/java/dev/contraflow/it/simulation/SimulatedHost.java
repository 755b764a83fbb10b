package dev.contraflow.it.simulation;

import dev.contraflow.spi.RunThreads;
import dev.contraflow.testkit.Simulation;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * The threads of a simulation as those of a process on a host of its own.
 *
 * @param simulation the simulation
 * @param process how the process calls itself
 * @param clock what the host's clock says at a time of the simulation
 */
record SimulatedHost(Simulation simulation, String process, UnaryOperator<Instant> clock) implements RunThreads {
    /** A host whose clock is right. */
    SimulatedHost(Simulation simulation, String process) {
        this(simulation, process, UnaryOperator.identity());
    }

    @Override
    public boolean isAlive(String other) {
        return other.equals(process);
    }

    @Override
    public RandomGenerator random() {
        return simulation.random();
    }

    @Override
    public Instant now() {
        return clock.apply(simulation.now());
    }

    @Override
    public long nanoTime() {
        return simulation.nanoTime();
    }

    @Override
    public void sleep(Duration time) throws InterruptedException {
        simulation.sleep(time);
    }

    @Override
    public ExecutorService pool(String name, int threads, BlockingQueue<Runnable> waiting) {
        return simulation.pool(name, threads, waiting);
    }

    @Override
    public void await(Object monitor, long nanos) throws InterruptedException {
        simulation.await(monitor, nanos);
    }

    @Override
    public void wakeAll(Object monitor) {
        simulation.wakeAll(monitor);
    }

    @Override
    public void interrupt(Thread thread) {
        simulation.interrupt(thread);
    }

    @Override
    public <T> T get(CompletableFuture<T> future, long nanos)
            throws InterruptedException, ExecutionException, TimeoutException {
        return simulation.get(future, nanos);
    }
}
