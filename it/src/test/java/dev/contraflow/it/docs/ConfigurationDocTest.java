package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.MergeStrategy;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.ConfigResolver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of {@code docs/configuration.md}. */
class ConfigurationDocTest {
    static final Path SHOP = Path.of("src/test/resources/docs/shop");

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2024-01-15T10:00:00Z"), ZoneOffset.UTC);
    private static final Map<String, String> VARIABLES = Map.of("SHOP_KEY_ID", "AK1");

    /** {@code ${today:}} is the day, {@code ${today:7}} seven days before. */
    record Today(Clock clock) implements ConfigResolver {
        @Override
        public String name() {
            return "today";
        }

        @Override
        public Object resolve(List<ConfigValue> arguments) {
            long days = !arguments.isEmpty() && arguments.get(0).value() instanceof Long n ? n : 0;
            return LocalDate.now(clock).minusDays(days).toString();
        }
    }

    static final class Shop implements Project {
        @Override
        public Map<String, Pipeline> pipelines() {
            return Map.of(
                    "main",
                    Pipeline.of(Node.named("n").reads(DatasetRef.parameters()).runs(all -> {})));
        }

        @Override
        public Path root() {
            return SHOP;
        }

        @Override
        public ConfigSource configuration() {
            return ConfigSource.of(root())
                    .withMerge("parameters", MergeStrategy.SOFT) // an environment changes single parameters
                    .withPatterns("spark", "spark*") // files of our own: config.section("spark")
                    .withResolver(new Today(CLOCK)); // ${today:} in any file
        }
    }

    @Test
    void findsAndReadsTheProjectOfAnyOfItsFolders() {
        Path here = SHOP.resolve("conf/base");
        ConfigSource source = ConfigSource.of(here).lookingUpwards(); // the nearest folder that holds conf/base
        Config config = Config.load(source.withEnvironment("prod")
                .withVariables(VARIABLES) // in a test: instead of those of the process
                .withRuntimeParameters("day=2024-01-15"));
        String file = config.catalog().section("orders").requiredText("filepath");
        assertThat(file).isEqualTo("s3://shop/raw/orders/2024-01-15.csv");
        assertThat(config.credentials().plain())
                .isEqualTo(Map.of("shop_s3", Map.of("access_key_id", "AK1", "secret_access_key", "none")));
        assertThat(config.parameters().section("model").plain()).isEqualTo(Map.of("max_depth", 20L));
    }

    @Test
    void aProjectSaysHowItsConfigurationIsRead() {
        ConfigSource source =
                new Shop().configuration().withVariables(VARIABLES).withEnvironment("prod");
        Config config = Config.load(source);
        assertThat(config.parameters().section("model").plain())
                .containsKeys("kind", "splits")
                .containsEntry("max_depth", 20L);
        assertThat(config.section("spark").plain())
                .isEqualTo(Map.of("executors", 4L, "until", "2024-01-15", "from", "2024-01-08"));
        RunRequest request = RunRequest.of(new Shop(), "main");
        assertThat(Objects.requireNonNull(request.source()).patterns()).containsKey("spark");
    }

    @Test
    void mistakesAreAllInOneException(@TempDir Path folder) throws Exception {
        Files.createDirectories(folder.resolve("conf/local"));
        Files.createDirectories(folder.resolve("conf/base"));
        Files.writeString(folder.resolve("conf/base/catalog.yml"), "orders: {type: csv}\norders: {type: json}\n");
        Files.writeString(folder.resolve("conf/base/parameters.yml"), "rate: ${globals:rat}\n");
        StringBuilder shown = new StringBuilder();
        ConfigSource source = ConfigSource.of(folder).withEnvironment("base");
        try {
            Config.load(source);
        } catch (CatalogException e) {
            e.problems().forEach(problem -> shown.append(problem.position() + ": " + problem.message() + "\n"));
        }
        assertThat(shown.toString()).isEqualTo("""
                conf/base/catalog.yml:2:1: key 'orders' is already set at line 1. Keep one of them.
                conf/base/parameters.yml:1:1: no value for 'globals:rat'. Set it in globals.yml, or write a default: ${globals:rat, value}.
                """);
        assertThat(Files.readString(Path.of("../docs/configuration.md"))).contains(shown);
    }
}
