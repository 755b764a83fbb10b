package dev.contraflow.datasets.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Location;
import dev.contraflow.io.StorageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The retry loop in virtual time. */
class RequestsTest {
    private static final Location AT = new Location("s3", "bucket", "/key");

    private final VirtualAlarm alarm = new VirtualAlarm();

    /** Time passes by pauses only; no timeout ever comes. */
    private static final class VirtualAlarm implements Alarm {
        private final AtomicLong now = new AtomicLong();
        private final List<Duration> pauses = new CopyOnWriteArrayList<>();
        private final List<Duration> timeouts = new CopyOnWriteArrayList<>();

        @Override
        public long nanoTime() {
            return now.get();
        }

        @Override
        public double random() {
            return 0.5;
        }

        @Override
        public void afterPause(Duration pause, Runnable task) {
            pauses.add(pause);
            now.addAndGet(pause.toNanos());
            task.run();
        }

        @Override
        public Runnable atTimeout(Duration timeout, Runnable task) {
            timeouts.add(timeout);
            return () -> {};
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
}
