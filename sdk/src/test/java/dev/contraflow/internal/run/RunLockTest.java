package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.spi.RunThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class RunLockTest {
    private static final int WARN = 30; // as org.slf4j.spi.LocationAwareLogger numbers it

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

    @ParameterizedTest
    @CsvSource({
        "s3://b/parts/*.csv, s3://b/parts/*.csv, true",
        "s3://b/parts/*.csv, s3://b/parts/day=1/a.csv, true",
        "s3://b/parts/day=1/a.csv, s3://b/parts/*.csv, true",
        "s3://b/parts/*, s3://b/parts/inner/*.csv, true",
        "s3://b/parts/*.csv, s3://b/parts/inner/*, true",
        "s3://b/parts/*.csv, s3://b/parts/a.json, false",
        "s3://b/parts/*.csv, s3://b/parts/inner/*.json, false",
        "s3://b/parts/*, s3://b/parts, false",
        "s3://b/parts/*, s3://b/parts-of-others/a, false",
        "s3://b/parts, s3://b/parts/a, false"
    })
    void filesOfAFolderAndAFileAmongThemAreOnePlace(String one, String other, boolean isOnePlace) throws IOException {
        try (RunLock first = take("first", one)) {
            if (isOnePlace) {
                assertThatThrownBy(() -> take("second", other))
                        .isInstanceOf(CatalogException.class)
                        .hasMessageContaining("is writing " + one + ", which this run would write too.");
            } else {
                take("second", other).close();
            }
            assertThat(first.isLost()).isFalse();
        }
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

    /** Whenever this run has a slot, another begins behind it, and is gone when it looks for the next free one. */
    @Test
    void aRunThatOthersNeverLetInGivesUp() throws Exception {
        try (RunLock other =
                RunLock.take(new LocalState(folder.resolve("else")), RunThreads.ofJvm(), "other", Set.of())) {
            String behind = "locks/999999999-other";
            byte[] slot = ("{\"runId\":\"other\",\"process\":\""
                            + RunThreads.ofJvm().process() + "\",\"lock\":" + other.number()
                            + ",\"writes\":[\"file:/a\"]}")
                    .getBytes(StandardCharsets.UTF_8);
            AtomicInteger rounds = new AtomicInteger();
            StateStore crowded = answering(StateStore.class, store, (method, arguments) -> {
                if (method.getName().equals("create")) {
                    store.write(behind, slot);
                    rounds.incrementAndGet();
                } else if (method.getName().equals("remove")) {
                    store.remove(behind);
                }
                return null;
            });
            long[] minutes = new long[1];
            RunThreads fast = answering(
                    RunThreads.class,
                    RunThreads.ofJvm(),
                    (method, arguments) ->
                            method.getName().equals("nanoTime") ? TimeUnit.MINUTES.toNanos(minutes[0]++) : null);
            assertThatThrownBy(() -> RunLock.take(crowded, fast, "mine", Set.of("file:/a")))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage(
                            "Run mine did not get the lock in " + store.describe() + " within 10 minutes: other runs"
                                    + " that write the same places begin all the time. Start one after the other. Nothing has been"
                                    + " run.");
            assertThat(rounds).hasValueBetween(10, 12);
            assertThat(store.children("locks")).as("slots left").isEmpty();
        }
    }

    @Test
    void aSlotThatCannotBeGivenBackIsAWarning() throws Exception {
        StateStore stubborn = answering(StateStore.class, store, (method, arguments) -> {
            if (method.getName().equals("remove")) {
                throw new IOException("nobody is there.");
            }
            return null;
        });
        RunLock lock = RunLock.take(stubborn, RunThreads.ofJvm(), "first", Set.of("file:/a"));
        assertThat(logged(lock::close))
                .contains("The slot of run first in " + folder + " could not be given back: nobody is there.\n");
        take("second", "file:/a").close(); // it is nobody's
    }

    @Test
    void aBeatThatFailsIsAWarning() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        AtomicInteger sleeps = new AtomicInteger();
        StateStore shared = answering(StateStore.class, store, (method, arguments) -> {
            if (method.getName().equals("read") && sleeps.get() > 0) {
                throw new IOException("nobody is there.");
            }
            return method.getName().equals("isShared") ? true : null;
        });
        RunThreads fast = answering(RunThreads.class, RunThreads.ofJvm(), (method, arguments) -> {
            if (!method.getName().equals("sleep")) {
                return null;
            }
            taken.await();
            if (sleeps.incrementAndGet() > 1) {
                told.countDown();
                new CountDownLatch(1).await(); // until the lock is closed
            }
            return true;
        });
        String log = logged(() -> {
            try (RunLock lock = RunLock.take(shared, fast, "first", Set.of("file:/a"))) {
                taken.countDown();
                assertThat(told.await(1, TimeUnit.MINUTES)).isTrue();
                assertThat(lock.isLost()).isFalse();
            }
        });
        assertThat(log)
                .contains("run first cannot show that it is alive: nobody is there. After 30 s of silence others take"
                        + " it for dead.\n");
    }

    private interface Action {
        void run() throws Exception;
    }

    /** What the lock logs, although the tests' configuration turns it off; slf4j-simple has no other way to change a level. */
    private static String logged(Action action) throws ReflectiveOperationException {
        Logger logger = LoggerFactory.getLogger(RunLock.class);
        Field level = logger.getClass().getDeclaredField("currentLogLevel");
        level.setAccessible(true);
        int off = level.getInt(logger);
        level.setInt(logger, WARN);
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } catch (Exception e) {
            throw new AssertionError(e);
        } finally {
            System.setErr(before);
            level.setInt(logger, off);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    private interface Before {
        @Nullable
        Object call(Method method, Object[] arguments) throws Exception;
    }

    /** Another object that does something before a call, and answers it if it has an answer. */
    private static <T> T answering(Class<T> type, T inner, Before before) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer = before.call(method, arguments);
                    return answer == null ? method.invoke(inner, arguments) : answer;
                }));
    }
}
