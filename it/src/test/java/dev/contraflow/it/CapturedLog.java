package dev.contraflow.it;

import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.spi.DatasetAccess;
import dev.contraflow.spi.RunEvents;
import dev.contraflow.spi.RunExecution;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the SDK logs, although the tests' configuration turns it off: while it is open, the loggers that tell of a run write into it. It takes
 * the standard error of the JVM, so one test at a time may have one.
 */
final class CapturedLog implements AutoCloseable {
    private static final int DEBUG = 10; // as org.slf4j.spi.LocationAwareLogger numbers them
    private static final int INFO = 20;
    private static final String INTERNAL = "dev.contraflow.internal.run.";

    private final PrintStream console = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Map<Logger, Integer> levels = new LinkedHashMap<>();

    private CapturedLog(int level) {
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        List.of(
                        RunExecution.class.getName(),
                        DatasetAccess.class.getName(),
                        "dev.contraflow.spi.DatasetSteps",
                        RunEvents.class.getName(),
                        DataCatalog.class.getName(),
                        "dev.contraflow.catalog.VersionChecks",
                        "dev.contraflow.plugins.tee.Bookkeeping",
                        INTERNAL + "RunSetup",
                        INTERNAL + "RunDatasets",
                        INTERNAL + "Resuming",
                        INTERNAL + "RunOutcome",
                        INTERNAL + "RunRecords",
                        INTERNAL + "RebuiltHistory",
                        INTERNAL + "MisspeltEntries",
                        INTERNAL + "MisspeltParameters")
                .forEach(name -> {
                    Logger logger = LoggerFactory.getLogger(name);
                    levels.put(logger, setLevel(logger, level));
                });
    }

    static CapturedLog atInfo() {
        return new CapturedLog(INFO);
    }

    static CapturedLog atDebug() {
        return new CapturedLog(DEBUG);
    }

    /** slf4j-simple has no other way to change the level of a logger that exists. */
    private static int setLevel(Logger logger, int level) {
        try {
            Field field = logger.getClass().getDeclaredField("currentLogLevel");
            field.setAccessible(true);
            int before = field.getInt(logger);
            field.setInt(logger, level);
            return before;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The messages of a level. */
    List<String> messages(String level) {
        return Stream.of(text().split("(?m)^(?=\\[[^\\]]*\\] [A-Z]+ )"))
                .filter(entry -> entry.contains(" " + level + " dev.contraflow."))
                .map(entry -> entry.substring(entry.indexOf(" - ") + 3).strip())
                .toList();
    }

    @Override
    public void close() {
        levels.forEach(CapturedLog::setLevel);
        System.setErr(console);
    }
}
