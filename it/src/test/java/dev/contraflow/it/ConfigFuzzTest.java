package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.CatalogException;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.config.OptionTexts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand damaged configuration files in a JVM of 256 MiB: each is read, or refused by a {@code CatalogException} of at most six
 * lines; nothing else is thrown, no class is loaded, memory and time are bounded. {@code -Dcontraflow.seeds=from..to} chooses other damage:
 * its first number is the seed.
 */
class ConfigFuzzTest {
    private static final int FILES = 10_000;
    private static final Path CORPUS = Path.of("golden/kedro/config");

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 12, unit = TimeUnit.MINUTES)
    void damagedFilesAreReadOrRefused() throws Exception {
        String seed = System.getProperty("contraflow.seeds", "1..1").split("\\.\\.", 2)[0];
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Fuzzer.class.getName(),
                        seed,
                        CORPUS.toAbsolutePath().toString(),
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean isDone = process.waitFor(10, TimeUnit.MINUTES);
        process.destroyForcibly();
        String said = Files.readString(log);
        System.out.print(said);
        assertThat(isDone).as("hangs: %s", said).isTrue();
        assertThat(process.waitFor()).as(said).isZero();
    }

    /** Names a class that no configuration may load: it says so when it is. */
    static final class Trap {
        static {
            System.setProperty("contraflow.it.trapped", "true");
        }

        private Trap() {}
    }

    /** Runs in a process of its own. */
    static final class Fuzzer {
        private static final List<String> PIECES = List.of(
                "${",
                "}",
                "${a}",
                "${..a}",
                "${globals:g, ",
                "${oc.decode:'",
                "${oc.env:HOME}",
                "${runtime_params:x}",
                "\\",
                "&x ",
                "*x",
                "<<: *x\n",
                "!!",
                "!!binary ",
                "!!set {",
                "!!" + Trap.class.getName() + " ",
                "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[]]]",
                "---\n",
                "...\n",
                "%YAML 1.1\n",
                "? ",
                "- ",
                ": ",
                ":\n",
                "\n",
                "\r",
                "\t",
                "  ",
                "[",
                "]",
                "{",
                "}",
                "'",
                "\"",
                "|\n",
                ">\n",
                "#",
                "~",
                "=",
                "???",
                "on",
                "1e999999999",
                "0x",
                "1_",
                ".",
                "\u0000",
                "\uFEFF",
                "\u2028",
                "\ud83d\ude00",
                "\\ud83d",
                "_",
                "a.b: 1\n",
                "[1].b");

        private final long seed;
        private final Random random;
        private final List<byte[]> seeds = new ArrayList<>();
        private final Path root;

        private Fuzzer(long seed, Path corpus, Path root) throws IOException {
            this.seed = seed;
            this.random = new Random(seed);
            this.root = root;
            try (Stream<Path> files = Files.walk(corpus)) {
                for (Path file : files.filter(f -> f.toString().matches(".*/conf/.*\\.(yml|yaml|json)"))
                        .sorted()
                        .toList()) {
                    seeds.add(Files.readAllBytes(file));
                }
            }
            bombs().forEach(bomb -> seeds.add(bomb.getBytes(StandardCharsets.UTF_8)));
            Files.createDirectories(root.resolve("conf/base"));
            Files.createDirectories(root.resolve("conf/local"));
        }

        /** Small texts that mean much. */
        private static List<String> bombs() {
            StringBuilder aliases = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x]\n");
            StringBuilder references = new StringBuilder();
            StringBuilder texts = new StringBuilder();
            for (int i = 1; i < 18; i++) {
                aliases.append("a%d: &a%d [%s]\n"
                        .formatted(i, i, "*a%d, ".formatted(i - 1).repeat(8)));
                references.append("a%d: ['${a%2$d}', '${a%2$d}', '${a%2$d}', {k: '${a%2$d}'}]\n".formatted(i, i + 1));
                texts.append(
                        "a%d: '%s'\n".formatted(i, "${a%d}".formatted(i + 1).repeat(20)));
            }
            return List.of(
                    aliases.toString(),
                    references + "a18: x\n",
                    texts + "a18: " + "x".repeat(500) + "\n",
                    "a: " + "[".repeat(10_000),
                    "{\"a\": " + "[".repeat(10_000),
                    "a: '" + "${".repeat(5_000) + "'\n",
                    "a: '${globals:x, " + "{a: ".repeat(5_000) + "'\n",
                    "a: " + "9".repeat(200_000) + "\n",
                    "a: [" + "1,".repeat(700_000) + "]\n",
                    "a: &a {b: *a}\nc: {<<: *a}\n",
                    "!!" + Trap.class.getName() + " {}\n",
                    "a: !<tag:yaml.org,2002:" + Trap.class.getName() + "> {}\n");
        }

        public static void main(String[] args) throws IOException {
            new Fuzzer(Long.parseLong(args[0]), Path.of(args[1]), Path.of(args[2])).run();
        }

        private void run() throws IOException {
            int read = 0;
            long slowest = 0;
            for (int i = 0; i < FILES; i++) {
                boolean isWhole = i < seeds.size(); // each seed once as it is
                byte[] bytes = isWhole ? seeds.get(i) : damaged(seeds.get(random.nextInt(seeds.size())));
                Path file = root.resolve(name());
                Files.write(file, bytes);
                Files.writeString(root.resolve("conf/base/globals.yml"), "g: [1, {h: x}]\n");
                long before = System.nanoTime();
                try {
                    read += isRead(bytes) ? 1 : 0;
                } catch (Throwable e) {
                    System.out.printf(
                            "seed %d, file %d, %s:%n%s%n", seed, i, file, new String(bytes, StandardCharsets.UTF_8));
                    e.printStackTrace(System.out);
                    System.exit(1);
                }
                slowest = Math.max(slowest, System.nanoTime() - before);
                Files.deleteIfExists(file);
            }
            System.out.printf(
                    "config fuzz: seed %d, %d files, %d read, the others refused, slowest %d ms%n",
                    seed, FILES, read, slowest / 1_000_000);
            boolean isTrapped = System.getProperty("contraflow.it.trapped") != null;
            System.exit(isTrapped ? 2 : read < FILES / 20 || read > FILES * 19 / 20 ? 3 : 0);
        }

        private String name() {
            String kind =
                    List.of("parameters", "catalog", "credentials", "globals").get(random.nextInt(4));
            String environment = random.nextInt(3) == 0 ? "local" : "base";
            return "conf/" + environment + "/" + kind
                    + (random.nextInt(4) == 0 && !kind.equals("globals") ? ".json" : ".yml");
        }

        private boolean isRead(byte[] bytes) {
            String option = new String(bytes, 0, Math.min(bytes.length, 500), StandardCharsets.UTF_8);
            List<Runnable> readers = List.of(
                    () -> OptionTexts.parameters(option),
                    () -> OptionTexts.parameters("a=" + option),
                    () -> OptionTexts.loadVersions(option),
                    () -> OptionTexts.nodes(option));
            for (Runnable reader : readers) {
                try {
                    reader.run();
                } catch (CatalogException e) {
                    continue; // refused, as most of them
                }
            }
            try {
                Config config = Config.load(
                        ConfigSource.of(root).withVariables(Map.of()).withRuntimeParameters("x=1,y=${x}"));
                config.catalog().plain();
                config.parameters().plain();
                config.credentials().plain();
                config.section("globals").plain();
                config.parametersByName();
                return true;
            } catch (CatalogException e) {
                if (e.getMessage().lines().count() > 6 || e.problems().isEmpty()) {
                    throw new IllegalStateException("not at most six lines", e);
                }
                return false;
            }
        }

        private byte[] damaged(byte[] seed) {
            byte[] bytes = seed;
            for (int n = random.nextInt(6); n >= 0; n--) {
                bytes = damagedOnce(bytes);
            }
            return bytes;
        }

        private byte[] damagedOnce(byte[] bytes) {
            int from = random.nextInt(bytes.length + 1);
            int to = from + random.nextInt(Math.min(40, bytes.length - from) + 1);
            return switch (random.nextInt(6)) {
                case 0 -> replaced(bytes, from, to, new byte[0]);
                case 1 -> replaced(bytes, from, from, copy(bytes, from, to));
                case 2 -> replaced(bytes, from, from, new byte[] {(byte) random.nextInt(256)});
                case 3 -> {
                    byte[] other = seeds.get(random.nextInt(seeds.size()));
                    int start = random.nextInt(other.length + 1);
                    yield replaced(bytes, from, to, copy(other, start, Math.min(other.length, start + 200)));
                }
                default -> {
                    String piece = PIECES.get(random.nextInt(PIECES.size()));
                    yield replaced(bytes, from, from, piece.getBytes(StandardCharsets.UTF_8));
                }
            };
        }

        private static byte[] copy(byte[] bytes, int from, int to) {
            return java.util.Arrays.copyOfRange(bytes, from, to);
        }

        private static byte[] replaced(byte[] bytes, int from, int to, byte[] by) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write(bytes, 0, from);
            out.write(by, 0, by.length);
            out.write(bytes, to, bytes.length - to);
            return out.toByteArray();
        }
    }
}
