package dev.contraflow.benchmarks;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Content;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.spi.Providers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Megabytes a second of encoding and decoding 20,000 records of eight components (the counter {@code megabytes}). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-Xmx1g")
public class FormatThroughput {
    private static final int ROWS = 20_000;
    private static final double MEGA = 1e6;

    /** One row. */
    public record Trip(
            long id, int passengers, double km, boolean paid, LocalDate day, String zone, String note, double fare) {}

    /** Counts what went through. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Through {
        /** In an iteration; JMH divides it by the time. */
        public double megabytes;

        /** Begins an iteration. */
        @Setup(Level.Iteration)
        public void reset() {
            megabytes = 0;
        }
    }

    /** A format, and the form of its value. */
    @Param({"csv-list", "csv-rows", "jsonl-list", "jsonl-rows", "json-list", "yaml-list"})
    public String form = "csv-list";

    private Object value = List.of();
    private byte[] bytes = {};
    private Content content = Content.of(bytes);

    @SuppressWarnings("NullAway.Init") // prepare runs first
    private Format<Object> format;

    /** Makes the value and its bytes. */
    @Setup
    @SuppressWarnings("unchecked") // a list or rows, as the format is asked for
    public void prepare() throws IOException {
        List<Trip> trips = IntStream.range(0, ROWS)
                .mapToObj(i -> new Trip(
                        1_000_000L + i,
                        i % 5,
                        i % 1000 / 7.0,
                        i % 3 == 0,
                        LocalDate.of(2024, 1, 1).plusDays(i % 365),
                        "zone " + i % 50,
                        i % 10 == 0 ? "say \"hi\", then go" : "nothing to say",
                        2.5 + i % 77 / 4.0))
                .toList();
        boolean isRows = form.endsWith("rows");
        TypeRef<?> type = isRows ? new TypeRef<Rows<Trip>>() {} : new TypeRef<List<Trip>>() {};
        value = isRows ? Rows.of(trips) : trips;
        format = (Format<Object>) Providers.discover()
                .format(form.substring(0, form.indexOf('-')))
                .orElseThrow()
                .create(type, FormatOptions.none());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.encode(value, out);
        bytes = out.toByteArray();
        content = Content.of(bytes);
    }

    /** Writes the value. */
    @Benchmark
    public void encode(Through through) throws IOException {
        format.encode(value, OutputStream.nullOutputStream());
        through.megabytes += bytes.length / MEGA;
    }

    /** Reads the value, rows to their end. */
    @Benchmark
    public Object decode(Through through) throws IOException {
        through.megabytes += bytes.length / MEGA;
        if (!format.isStreamed()) {
            return format.decode(new ByteArrayInputStream(bytes));
        }
        return ((Rows<?>) format.decode(content)).count();
    }
}
