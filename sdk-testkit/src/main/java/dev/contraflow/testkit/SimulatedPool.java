package dev.contraflow.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A pool of simulated threads. Guarded by itself; nothing waits while it is locked. */
final class SimulatedPool extends AbstractExecutorService {
    private final Simulation simulation;
    private final String name;
    private final int most;
    private final BlockingQueue<Runnable> waiting;
    private final Set<Simulation.SimulatedThread> workers = new HashSet<>();
    private final CompletableFuture<Void> terminated = new CompletableFuture<>();
    private boolean isShut;

    SimulatedPool(Simulation simulation, String name, int most, BlockingQueue<Runnable> waiting) {
        this.simulation = simulation;
        this.name = name;
        this.most = most;
        this.waiting = waiting;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (isShut) {
                throw new RejectedExecutionException(name + " is shut down");
            }
            if (workers.size() < most) {
                workers.add(simulation.spawn(name, () -> work(task)));
            } else {
                waiting.add(task);
            }
        }
    }

    private void work(Runnable first) {
        for (Runnable task = first; task != null; task = next()) {
            try {
                task.run();
            } catch (Error e) {
                if (!simulation.isOver()) {
                    throw e;
                }
                return;
            }
        }
    }

    /** The task to go on with; if there is none, the worker is gone. */
    private synchronized @Nullable Runnable next() {
        Runnable task = waiting.poll();
        if (task == null) {
            workers.remove(simulation.current());
            completeIfTerminated();
        }
        return task;
    }

    private void completeIfTerminated() {
        if (isShut && workers.isEmpty() && waiting.isEmpty()) {
            terminated.complete(null);
        }
    }

    @Override
    public synchronized void shutdown() {
        isShut = true;
        completeIfTerminated();
    }

    @Override
    public List<Runnable> shutdownNow() {
        List<Runnable> left = new ArrayList<>();
        List<Simulation.SimulatedThread> running;
        synchronized (this) {
            isShut = true;
            waiting.drainTo(left);
            running = List.copyOf(workers);
            completeIfTerminated();
        }
        running.forEach(simulation::interrupt);
        return left;
    }

    @Override
    public synchronized boolean isShutdown() {
        return isShut;
    }

    @Override
    public boolean isTerminated() {
        return terminated.isDone();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            simulation.get(terminated, unit.toNanos(timeout));
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
        return new Task<>(task);
    }

    @Override
    protected <T> RunnableFuture<T> newTaskFor(Runnable task, T value) {
        return new Task<>(() -> {
            task.run();
            return value;
        });
    }

    /** A future whose waiting is simulated. */
    private final class Task<T> extends FutureTask<T> {
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private volatile @Nullable Thread runner;

        Task(Callable<T> task) {
            super(task);
        }

        @Override
        public void run() {
            runner = Thread.currentThread();
            try {
                super.run();
            } finally {
                runner = null;
            }
        }

        @Override
        protected void done() {
            done.complete(null);
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            boolean cancelled = super.cancel(false);
            Thread interrupted = runner;
            if (cancelled && mayInterrupt && interrupted != null) {
                simulation.interrupt(interrupted);
            }
            return cancelled;
        }

        @Override
        public T get() throws InterruptedException, ExecutionException {
            try {
                return get(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
            simulation.get(done, unit.toNanos(timeout));
            return super.get();
        }
    }
}
