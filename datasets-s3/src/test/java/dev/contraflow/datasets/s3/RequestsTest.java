package dev.contraflow.datasets.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Location;
import dev.contraflow.io.SpillFailedException;
import dev.contraflow.io.StorageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;

/** The retry loop in virtual time. */
class RequestsTest {
    private static final Location AT = new Location("s3", "bucket", "/key");

    private final VirtualAlarm alarm = new VirtualAlarm();

    /** Time passes by pauses only; no timeout ever comes. */
    private static final class VirtualAlarm implements Alarm {
        private final AtomicLong now = new AtomicLong();
        private final List<Duration> pauses = new CopyOnWriteArrayList<>();
        private final List<Duration> timeouts = new CopyOnWriteArrayList<>();
        private final List<Runnable> timeUp = new CopyOnWriteArrayList<>();
        private volatile String broken = "";

        private void fail(String where) {
            if (broken.equals(where)) {
                throw new OutOfMemoryError(where);
            }
        }

        @Override
        public long nanoTime() {
            return now.get();
        }

        @Override
        public double random() {
            fail("random");
            return 0.5;
        }

        @Override
        public void afterPause(Duration pause, Runnable task) {
            fail("pause");
            pauses.add(pause);
            now.addAndGet(pause.toNanos());
            task.run();
        }

        @Override
        public Runnable atTimeout(Duration timeout, Runnable task) {
            fail("timeout");
            timeouts.add(timeout);
            timeUp.add(task);
            return () -> fail("canceller");
        }

        @Override
        public void close() {}
    }

    private Requests requests(Map<String, Object> options) {
        return new Requests(S3Options.of(ConfigSection.of("storages.s3", options)), alarm);
    }

    @Test
    void doublesThePausesUpToTwentySeconds() throws IOException {
        try (Requests requests = requests(Map.of("attempts", 100, "deadline", "1h"))) {
            String result = requests.call(AT, "try", 0, attempt -> {
                if (attempt < 12) {
                    throw new IOException("reset");
                }
                return "done in attempt " + attempt;
            });
            assertThat(result).isEqualTo("done in attempt 12");
        }
        assertThat(alarm.pauses)
                .extracting(Duration::toMillis)
                .containsExactly(50L, 100L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 10_000L, 10_000L, 10_000L);
    }

    @Test
    void survivesAHundredFailuresBeforeTheDeadline() throws IOException {
        try (Requests requests = requests(Map.of("attempts", 100, "deadline", "1h"))) {
            assertThat(requests.<Integer>call(AT, "try", 0, attempt -> {
                        if (attempt < 100) {
                            throw new IOException("reset");
                        }
                        return attempt;
                    }))
                    .isEqualTo(100);
        }
    }

    @Test
    void givesUpAtTheDeadline() {
        AtomicInteger made = new AtomicInteger();
        try (Requests requests = requests(Map.of("attempts", 100, "deadline", "1s"))) {
            assertThatThrownBy(() -> requests.call(AT, "try", 0, attempt -> {
                        made.set(attempt);
                        throw new IOException("reset");
                    }))
                    .isInstanceOf(StorageException.class)
                    .hasMessage(
                            "cannot try: the connection to Amazon S3 broke (IOException). Gave up after 5 attempts.")
                    .satisfies(
                            e -> assertThat(((StorageException) e).attempts()).isEqualTo(5));
        }
        assertThat(made).hasValue(5); // 50 + 100 + 200 + 400 ms are over, 800 more would be too late
        assertThat(alarm.timeouts.get(4))
                .as("the last attempt has what is left")
                .isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void givesEachAttemptATimeoutThatGrowsWithTheBytes() throws IOException {
        try (Requests requests = requests(Map.of())) {
            requests.call(AT, "try", 16_000_000, attempt -> "");
        }
        assertThat(alarm.timeouts).containsExactly(Duration.ofSeconds(46));
    }

    @Test
    void doesNotRepeatAMistakeOfTheProgram() {
        try (Requests requests = requests(Map.of())) {
            assertThatThrownBy(() -> requests.call(AT, "try", 0, attempt -> {
                        throw new IllegalStateException("The content is closed");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("The content is closed");
        }
        assertThat(alarm.pauses).isEmpty();
    }

    @Test
    void doesNotAskTheServerAgainBecauseTheDiskIsFull() {
        SpillFailedException full = new SpillFailedException(new IOException("No space left on device"));
        try (Requests requests = requests(Map.of())) {
            assertThatThrownBy(() -> requests.call(AT, "try", 0, attempt -> {
                        throw attempt == 1 ? new IOException("while it was collected", full) : new IOException("again");
                    }))
                    .satisfies(e -> assertThat(SpillFailedException.in(e)).containsSame(full));
        }
        assertThat(alarm.pauses).isEmpty();
    }

    /** Its cause is asked for while the failure is judged. */
    private static final class Cursed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized Throwable getCause() {
            throw new NoClassDefFoundError("while the failure was handled");
        }
    }

    @Test
    @Timeout(20)
    void anErrorWhileAFailureIsHandledEndsTheRequest() {
        try (Requests requests = requests(Map.of())) {
            assertThatThrownBy(() -> requests.call(AT, "try", 0, attempt -> {
                        throw new Cursed();
                    }))
                    .isInstanceOf(NoClassDefFoundError.class)
                    .hasMessage("while the failure was handled");
            assertThatThrownBy(() -> requests.call(AT, "try", 0, attempt -> {
                        throw new OutOfMemoryError("in the attempt");
                    }))
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage("in the attempt");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pause", "timeout", "canceller", "random"})
    @Timeout(20)
    void anErrorOfTheAlarmEndsTheRequest(String where) {
        try (Requests requests = requests(Map.of())) {
            alarm.broken = where;
            assertThatThrownBy(() -> requests.call(AT, "try", 0, attempt -> {
                        throw new IOException("reset");
                    }))
                    .isInstanceOf(OutOfMemoryError.class)
                    .hasMessage(where);
            alarm.broken = "";
            assertThatCode(() -> requests.call(AT, "try", 0, attempt -> "done")).doesNotThrowAnyException();
        }
    }

    @Test
    @Timeout(20)
    void anErrorOfWhoDiscardsAResultHarmsNoOtherRequest() throws Exception {
        HeldAttempt held = new HeldAttempt();
        try (Requests requests = requests(Map.of("connections", 1))) {
            Requests.Call<Boolean> left = requests.start(AT, "try", 0, attempt -> held.run(), unused -> {
                throw new NoClassDefFoundError("discarded");
            });
            held.begun.await();
            left.cancel();
            held.goOn.countDown();
            left.awaitEnd();
            assertThatThrownBy(left::await).hasMessage("cannot try: the storage was closed");
            assertThat(requests.<String>call(AT, "try", 0, attempt -> "done")).isEqualTo("done");
        }
    }

    @Test
    @Timeout(20)
    void anAttemptThatCannotBeAbortedDoesNotKeepItsCallerWaiting() throws Exception {
        HeldAttempt held = new HeldAttempt();
        try (Requests requests = requests(Map.of())) {
            Requests.Call<Boolean> call = requests.start(
                    AT,
                    "try",
                    0,
                    attempt -> {
                        requests.sending(new Unabortable());
                        return held.run();
                    },
                    unused -> {});
            held.begun.await();
            alarm.timeUp.forEach(Runnable::run);
            assertThatThrownBy(call::await)
                    .isInstanceOf(NoClassDefFoundError.class)
                    .hasMessage("while it was aborted");
            held.goOn.countDown();
        }
    }

    private static final class Unabortable implements ExecutableHttpRequest {
        @Override
        public HttpExecuteResponse call() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void abort() {
            throw new NoClassDefFoundError("while it was aborted");
        }
    }

    @Test
    void saysWhichLimitEndedTheLastAttempt() {
        try (Requests requests = requests(Map.of("attempts", 2, "attempt_timeout", "4s", "deadline", "1h"))) {
            assertThatThrownBy(() -> requests.call(AT, "try", 0, this::timedOut))
                    .hasMessage("cannot try: Amazon S3 gave no answer within 4000 ms. Look at the network, or raise"
                            + " 'attempt_timeout'. Gave up after 2 attempts.");
        }
        try (Requests requests = requests(Map.of("attempts", 2, "attempt_timeout", "4s", "deadline", "3s"))) {
            assertThatThrownBy(() -> requests.call(AT, "try", 0, this::timedOut))
                    .hasMessage("cannot try: Amazon S3 gave no answer within 2950 ms. Look at the network, or raise"
                            + " 'deadline'. Gave up after 2 attempts.");
        }
    }

    private String timedOut(int attempt) throws IOException {
        alarm.timeUp.forEach(Runnable::run);
        throw new IOException("aborted");
    }

    @Test
    void waitsForAPermitOnlyUntilTheDeadlineOrAnInterrupt() throws Exception {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        try (Requests requests = requests(Map.of("connections", 1))) {
            Requests.Call<String> holder = requests.start(
                    AT,
                    "hold",
                    0,
                    attempt -> {
                        busy.countDown();
                        try {
                            done.await();
                        } catch (InterruptedException e) {
                            throw new InterruptedIOException();
                        }
                        return "held";
                    },
                    unused -> {});
            busy.await();
            Requests.Call<String> waiting = requests.start(AT, "wait", 0, attempt -> "never", unused -> {});
            Thread.currentThread().interrupt();
            assertThatThrownBy(waiting::await).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            done.countDown();
            assertThat(holder.await()).isEqualTo("held");
        }
    }

    @Test
    void awaitsTheEndOfItsThreadsAndKeepsTheInterruptFlag() throws Exception {
        HeldAttempt held = new HeldAttempt();
        AtomicBoolean interrupted = new AtomicBoolean();
        Requests requests = requests(Map.of());
        requests.start(AT, "try", 0, attempt -> held.run(), unused -> {});
        held.begun.await();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            requests.close();
            requests.awaitEnd();
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        closer.start();
        while (closer.getState() != Thread.State.TIMED_WAITING) {
            assertThat(closer.getState()).as("it waits for the worker").isNotEqualTo(Thread.State.TERMINATED);
            Thread.onSpinWait();
        }
        held.goOn.countDown();
        closer.join();
        assertThat(Objects.requireNonNull(held.thread).isAlive()).isFalse();
        assertThat(interrupted).isTrue();
    }

    /** An attempt that stays until it is let go on. */
    private static final class HeldAttempt {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);
        private volatile @Nullable Thread thread;

        boolean run() {
            thread = Thread.currentThread();
            begun.countDown();
            try {
                return goOn.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
