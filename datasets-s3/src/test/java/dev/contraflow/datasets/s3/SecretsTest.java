package dev.contraflow.datasets.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Runs a program in a JVM of its own whose loggers are all at TRACE, and looks for the secret in all that it says. */
class SecretsTest {
    @TempDir
    Path folder = Path.of("set by JUnit");

    @Test
    void neverSaysTheSecret() throws Exception {
        try (EmbeddedS3 server = EmbeddedS3.start("secrets")) {
            Path said = folder.resolve("said.log");
            ProcessBuilder java = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
                            Program.class.getName(),
                            server.endpoint().toString(),
                            server.accessKey())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile());
            java.environment().put("CANARY", server.secretKey());
            Process process = java.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            String log = Files.readString(said);
            assertThat(process.exitValue()).as(log).isZero();
            assertThat(log).contains("TRACE").contains("SignatureDoesNotMatch");
            assertThat(log.contains(server.secretKey()))
                    .as("the secret is in the log")
                    .isFalse();
        }
    }

    /** Writes, reads, and fails by a wrong secret. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            String secret = System.getenv("CANARY");
            try (Storage storage = open(args, secret)) {
                write(storage);
                storage.read(new Location("s3", "secrets", "/x"), Grant.unbounded())
                        .close();
                System.out.println(storage);
            }
            try (Storage storage = open(args, secret + "x")) {
                write(storage);
            } catch (IOException e) {
                LoggerFactory.getLogger(Program.class).error("as expected, refused", e);
            }
        }

        private static Storage open(String[] args, String secret) {
            ConfigSection credentials = ConfigSection.of("credentials.test", Map.of("key", args[1], "secret", secret));
            System.out.println(credentials);
            StorageConfig config = new StorageConfig(
                    "s3",
                    ConfigSection.of(
                            "storages.s3",
                            Map.of("endpoint", URI.create(args[0]).toString())),
                    credentials,
                    Path.of(""));
            System.out.println(config);
            return new S3StorageProvider().open(config);
        }

        private static void write(Storage storage) throws IOException {
            WriteSpec spec = new WriteSpec("run-1", 1, WriteSpec.Existing.OVERWRITE);
            try (Content content = Content.of(new byte[10]);
                    PendingWrite write = storage.create(new Location("s3", "secrets", "/x"), spec)) {
                write.transfer(content);
                write.commit();
            }
        }
    }
}
