package dev.contraflow.it.docs;

import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunListener;
import dev.contraflow.spi.Plugin;
import dev.contraflow.spi.RunInterceptor;
import java.time.Clock;
import java.time.LocalTime;
import java.util.function.Consumer;

/** Refuses runs by night, and tells how the others ended. */
public final class QuietHoursPlugin implements Plugin {
    private final Clock clock;
    private final Consumer<String> told;

    public QuietHoursPlugin(Clock clock, Consumer<String> told) {
        this.clock = clock;
        this.told = told;
    }

    @Override
    public String id() {
        return "quiet-hours";
    }

    @Override
    public void contribute(Contributions contributions) { // once for each run
        RunInterceptor refusing = new RunInterceptor() {
            @Override
            public void beforeRun(StartingRun run) {
                if (LocalTime.now(clock).getHour() >= 22) {
                    throw new IllegalStateException("the storage is being cleaned from 22 to 24");
                }
            }
        };
        RunListener telling = event -> {
            if (event instanceof RunEvent.RunFinished finished) {
                told.accept(finished.runId() + " " + finished.state());
            }
        };
        contributions.interceptor(refusing);
        contributions.listener(telling);
    }
}
