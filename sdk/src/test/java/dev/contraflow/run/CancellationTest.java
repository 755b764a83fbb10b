package dev.contraflow.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CancellationTest {
    @Test
    void aWatcherThatFailsKeepsNobodyElseFromBeingTold() {
        Cancellation cancellation = new Cancellation();
        List<String> told = new ArrayList<>();
        cancellation.watch(() -> {
            told.add("first");
            throw new IllegalStateException("as expected");
        });
        cancellation.watch(() -> told.add("second"));
        cancellation.cancel();
        cancellation.cancel();
        cancellation.watch(() -> {
            told.add("late");
            throw new AssertionError("as expected");
        });
        assertThat(told).containsExactly("first", "second", "late");
        assertThat(cancellation.isCancelled()).isTrue();
    }

    @Test
    void whoseWatchHasEndedIsNotTold() {
        Cancellation cancellation = new Cancellation();
        List<String> told = new ArrayList<>();
        Runnable end = cancellation.watch(() -> told.add("ended"));
        cancellation.watch(() -> told.add("watching"));
        end.run();
        cancellation.cancel();
        assertThat(told).containsExactly("watching");
    }

    @Test
    void theEndOfTheJvmCannotWaitForANegativeTime() {
        assertThatThrownBy(() -> Cancellation.onShutdown(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The end of the JVM cannot wait for a negative time, PT-1S");
    }
}
