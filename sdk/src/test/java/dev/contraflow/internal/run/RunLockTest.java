package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.spi.RunThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLockTest {
    @TempDir
    Path folder;

    private StateStore store;

    @BeforeEach
    void open() {
        store = new LocalState(folder);
    }

    private RunLock take(String runId, String... writes) throws IOException {
        return RunLock.take(store, RunThreads.ofJvm(), runId, Set.of(writes));
    }

    @Test
    void theSecondRunIsRefusedWithTheIdOfTheFirst() throws IOException {
        try (RunLock first = take("first", "file:/a", "file:/b")) {
            assertThatThrownBy(() -> take("second", "file:/b", "file:/c"))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("Run first (process " + RunThreads.ofJvm().process()
                            + ") is writing file:/b, which this run would write too. Wait for its end, or end it."
                            + " Nothing has been run.");
            assertThat(first.isLost()).isFalse();
            take("elsewhere", "file:/c").close();
        }
        take("second", "file:/b", "file:/c").close();
        assertThat(store.children("locks")).isEmpty();
    }

    @Test
    void aSlotWhoseProcessIsGoneCountsForNothing() throws IOException {
        Files.createDirectories(folder.resolve("locks"));
        Files.writeString(
                folder.resolve("locks/000000007-0000000000000001"),
                "{\"runId\":\"dead\",\"process\":\"999999999@ since ?\",\"beat\":0,\"writes\":[\"file:/a\"]}");
        try (RunLock taken = take("next", "file:/a")) {
            assertThat(taken.isLost()).isFalse();
            assertThat(store.children("locks")).singleElement().asString().startsWith("000000008-");
        }
    }

    @Test
    void ofManyThatTryAtOnceNeverTwoHoldIt() throws Exception {
        int threads = 8;
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger held = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CountDownLatch begin = new CountDownLatch(threads);
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            String runId = "run" + i;
            tasks.add(() -> {
                begin.countDown();
                begin.await();
                for (int round = 0; round < 25; round++) {
                    try (RunLock lock = take(runId, "file:/a")) {
                        assertThat(holders.incrementAndGet()).isOne();
                        assertThat(lock.isLost()).isFalse();
                        held.incrementAndGet();
                        holders.decrementAndGet();
                    } catch (CatalogException refused) {
                        assertThat(refused).hasMessageContaining("is writing file:/a");
                    }
                }
                return null;
            });
        }
        try {
            for (Future<Void> done : pool.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(held.get()).isPositive();
        assertThat(store.children("locks")).isEmpty();
    }
}
