package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private final ExecutorService carriers = Executors.newCachedThreadPool();

    @AfterEach
    void endCarriers() {
        carriers.shutdownNow();
    }

    private Simulation simulation(long seed) {
        return new Simulation(seed, carriers);
    }

    @Test
    void hoursTakeNoTime() throws Exception {
        Simulation simulation = simulation(1);
        String result = simulation.run(() -> {
            simulation.sleep(Duration.ofHours(3));
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofHours(3));
        assertThat(simulation.now()).isEqualTo(java.time.Instant.parse("2024-01-15T13:30:00Z"));
    }

    @Test
    void aPoolHasAsManyThreadsAsItMay() throws Exception {
        Simulation simulation = simulation(1);
        simulation.run(() -> {
            ExecutorService pool = simulation.pool("p", 2, new LinkedBlockingQueue<>());
            List<Future<String>> futures = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String name = "task" + i;
                futures.add(pool.submit(() -> {
                    simulation.sleep(Duration.ofSeconds(1));
                    return name;
                }));
            }
            List<String> results = new ArrayList<>();
            for (Future<String> future : futures) {
                results.add(future.get());
            }
            pool.shutdown();
            assertThat(pool.awaitTermination(1, TimeUnit.SECONDS)).isTrue();
            assertThat(results).containsExactly("task0", "task1", "task2", "task3", "task4");
            return results;
        });
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofSeconds(3));
    }

    /** Two threads that add to a list; who comes when is the seed's choice. */
    private List<String> race(Simulation simulation) throws Exception {
        List<String> order = new ArrayList<>();
        simulation.run(() -> {
            ExecutorService pool = simulation.pool("p", 2, new LinkedBlockingQueue<>());
            for (String name : List.of("a", "b")) {
                pool.execute(() -> {
                    for (int i = 0; i < 4; i++) {
                        order.add(name);
                        simulation.letOthersGoOn();
                    }
                });
            }
            pool.shutdown();
            assertThat(pool.awaitTermination(1, TimeUnit.SECONDS)).isTrue();
            return order;
        });
        return order;
    }

    @Test
    void aSeedGivesOneOrderAndSeedsGiveMany() throws Exception {
        Set<List<String>> orders = new HashSet<>();
        for (long seed = 0; seed < 50; seed++) {
            Simulation first = simulation(seed);
            Simulation second = simulation(seed);
            List<String> order = race(first);
            assertThat(race(second)).isEqualTo(order);
            assertThat(second.trace()).isEqualTo(first.trace());
            orders.add(order);
        }
        assertThat(orders).hasSizeGreaterThan(10);
    }

    @Test
    void monitorsAreLetGoOfWhileTheyAreAwaited() throws Exception {
        Simulation simulation = simulation(3);
        Object monitor = new Object();
        boolean[] isOpen = new boolean[1];
        simulation.run(() -> {
            ExecutorService pool = simulation.pool("p", 3, new LinkedBlockingQueue<>());
            List<Future<Boolean>> waiters = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiters.add(pool.submit(() -> {
                    synchronized (monitor) {
                        while (!isOpen[0]) {
                            simulation.await(monitor, Long.MAX_VALUE);
                        }
                        return true;
                    }
                }));
            }
            simulation.sleep(Duration.ofSeconds(2));
            synchronized (monitor) {
                isOpen[0] = true;
                simulation.wakeAll(monitor);
            }
            for (Future<Boolean> waiter : waiters) {
                assertThat(waiter.get()).isTrue();
            }
            pool.shutdown();
            return pool.awaitTermination(1, TimeUnit.SECONDS);
        });
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void aWaitEndsAtItsTime() throws Exception {
        Simulation simulation = simulation(3);
        simulation.run(() -> {
            Object monitor = new Object();
            synchronized (monitor) {
                simulation.await(monitor, 5_000);
            }
            assertThat(simulation.nanoTime()).isEqualTo(5_000);
            assertThatThrownBy(() -> simulation.get(new CompletableFuture<>(), 7_000))
                    .isInstanceOf(TimeoutException.class);
            assertThat(simulation.nanoTime()).isEqualTo(12_000);
            return "";
        });
    }

    @Test
    void anInterruptWakesWhoWaits() throws Exception {
        Simulation simulation = simulation(3);
        simulation.run(() -> {
            Thread main = Thread.currentThread();
            ExecutorService pool = simulation.pool("p", 1, new LinkedBlockingQueue<>());
            pool.execute(() -> simulation.interrupt(main));
            assertThatThrownBy(() -> simulation.sleep(Duration.ofDays(1))).isInstanceOf(InterruptedException.class);
            pool.execute(() -> {
                try {
                    simulation.sleep(Duration.ofDays(1));
                } catch (InterruptedException e) {
                    simulation.letOthersGoOn();
                }
            });
            simulation.sleep(Duration.ofSeconds(1));
            pool.shutdownNow();
            return pool.awaitTermination(1, TimeUnit.SECONDS);
        });
        assertThat(simulation.elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aDeadlockIsFoundAndNamed() {
        Simulation simulation = simulation(3);
        assertThatThrownBy(() -> simulation.run(() -> {
                    ExecutorService pool = simulation.pool("waiter", 1, new LinkedBlockingQueue<>());
                    pool.execute(() -> {
                        try {
                            simulation.get(new CompletableFuture<>(), Long.MAX_VALUE);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
                    return simulation.get(new CompletableFuture<>(), Long.MAX_VALUE);
                }))
                .isInstanceOf(Simulation.StuckException.class)
                .hasMessageContaining("nobody can go on at PT0S")
                .hasMessageContaining("main#1 waits")
                .hasMessageContaining("waiter#2 waits");
    }

    @Test
    void aCrashEndsAllThreadsAndNothingHappensAfterIt() {
        Simulation simulation = simulation(3);
        List<String> done = new ArrayList<>();
        assertThatThrownBy(() -> simulation.run(() -> {
                    ExecutorService pool = simulation.pool("p", 1, new LinkedBlockingQueue<>());
                    pool.execute(() -> {
                        try {
                            simulation.sleep(Duration.ofSeconds(1));
                            simulation.crash();
                        } catch (InterruptedException e) {
                            done.add("interrupted");
                        }
                    });
                    simulation.sleep(Duration.ofSeconds(2));
                    return done.add("too late");
                }))
                .isInstanceOf(Simulation.CrashError.class);
        assertThat(done).isEmpty();
    }

    @Test
    void flowsShareTheRate() throws Exception {
        Simulation simulation = simulation(5);
        SimulatedNetwork network = new SimulatedNetwork(simulation, Duration.ofSeconds(1), 100, 150);
        simulation.run(() -> {
            ExecutorService pool = simulation.pool("p", 2, new LinkedBlockingQueue<>());
            List<Future<Long>> ends = new ArrayList<>();
            for (long bytes : new long[] {75, 300}) {
                ends.add(pool.submit(() -> {
                    network.transfer(bytes);
                    return simulation.nanoTime();
                }));
            }
            assertThat(ends.get(0).get()).isCloseTo(2_000_000_000L, org.assertj.core.data.Offset.offset(10L));
            assertThat(ends.get(1).get())
                    .as("75 a second beside the other, then 100")
                    .isCloseTo(4_250_000_000L, org.assertj.core.data.Offset.offset(10L));
            pool.shutdown();
            return pool.awaitTermination(1, TimeUnit.SECONDS);
        });
    }
}
