package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.contraflow.run.DryRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/first-project.md} shows, with {@link Shop}. */
class FirstProjectDocTest {
    private static final String PLAIN = "io: plain\n"; // here both plugins are on the class path

    @TempDir
    Path root;

    @BeforeEach
    void writeProject() throws IOException {
        write("conf/local/.gitkeep", "");
        write("conf/base/run.yml", PLAIN);
        write("conf/base/catalog.yml", """
                orders:
                  type: csv
                  filepath: data/orders.csv
                paid_orders:
                  type: csv
                  filepath: data/paid_orders.csv
                summary:
                  type: text
                  filepath: data/summary.txt
                """);
        write("data/orders.csv", """
                id,cents,paid
                a,1200,true
                b,350,false
                c,99,true
                """);
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, text);
    }

    private String stored(String file) throws IOException {
        return Files.readString(root.resolve("data").resolve(file));
    }

    @Test
    void theFirstRunStoresWhatThePageSays() throws IOException {
        assertThat(Shop.run(new Shop(root))).isZero();
        assertThat(stored("paid_orders.csv")).isEqualTo("id,cents,paid\na,1200,true\nc,99,true\n");
        assertThat(stored("summary.txt")).isEqualTo("2 orders, 1299 cents\n");
    }

    @Test
    void theTeeStoresTheSame() throws IOException {
        Shop.run(new Shop(root));
        String paid = stored("paid_orders.csv");
        Files.delete(root.resolve("data/paid_orders.csv"));
        write("conf/base/run.yml", """
                io: tee
                tee: {memory: 256MiB, spool: 1GiB}
                """);
        assertThat(Shop.run(new Shop(root))).isZero();
        assertThat(stored("paid_orders.csv")).isEqualTo(paid);
        assertThat(stored("summary.txt")).isEqualTo("2 orders, 1299 cents\n");
    }

    @Test
    void whatIsWrongIsToldBeforeTheFirstNodeAndHasAnExitCodeOfItsOwn() throws IOException {
        write("conf/base/run.yml", "io: te\n");
        assertThat(Shop.run(new Shop(root))).isEqualTo(2);
        assertThat(root.resolve("data/paid_orders.csv")).doesNotExist();
        write("conf/base/run.yml", PLAIN);
        assertThat(Shop.run(new Shop(root), "resume")).as("no run to resume").isEqualTo(2);
    }

    @Test
    void aRunThatFailedIsTakenUpWhereItStopped() throws IOException {
        Path inTheWay = Files.createDirectories(root.resolve("data/summary.txt/in the way"));
        assertThat(Shop.run(new Shop(root))).isEqualTo(3);
        Files.delete(inTheWay);
        Files.delete(root.resolve("data/summary.txt"));
        assertThat(DryRun.of(Shop.request(new Shop(root), "resume")).nodes())
                .extracting(DryRun.NodeOutlook::name, DryRun.NodeOutlook::runs)
                .containsExactly(tuple("keep_paid", false), tuple("sum_up", true));
        assertThat(Shop.run(new Shop(root), "resume")).isZero();
        assertThat(stored("summary.txt")).isEqualTo("2 orders, 1299 cents\n");
    }
}
