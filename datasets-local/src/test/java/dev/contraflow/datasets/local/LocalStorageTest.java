package dev.contraflow.datasets.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Content;
import dev.contraflow.io.Location;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.testkit.StorageContract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest extends StorageContract {
    private static final WriteSpec OVERWRITE = new WriteSpec("run-1", 1, WriteSpec.Existing.OVERWRITE);

    @TempDir
    Path folder = Path.of("set by JUnit");

    @Override
    protected Storage openStorage() {
        return open(ConfigSection.empty("file"));
    }

    private Storage open(ConfigSection options) {
        return new LocalStorageProvider()
                .open(new StorageConfig("file", options, ConfigSection.empty("credentials"), folder));
    }

    @Override
    protected Location freshRoot() {
        return Location.file(folder.resolve("root"));
    }

    @Override
    protected void assertNothingDangling() throws IOException {
        assertThat(temporaryFiles()).isEmpty();
    }

    private List<Path> temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(LocalWrite::isTemporary).toList();
        }
    }

    @Override
    protected Unanswerable unanswerable() {
        return new Unanswerable(
                openStorage(), Location.file(folder.resolve("n".repeat(300)))); // the name is too long to ask for
    }

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(StorageProvider.class)).singleElement().isInstanceOf(LocalStorageProvider.class);
    }

    @Test
    void refusesOptions() {
        assertThatThrownBy(() -> open(ConfigSection.of("storages.file", Map.of("region", "eu-west-1"))))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("unknown key 'region' in 'storages.file'");
    }

    @Test
    void hidesAnUnfinishedWriteBesideItsTarget() throws IOException {
        Location at = Location.file(folder.resolve("made/on/the/way/x.txt"));
        try (Storage storage = openStorage();
                Content content = Content.of("x".getBytes(StandardCharsets.UTF_8));
                PendingWrite write = storage.create(at, OVERWRITE)) {
            write.transfer(content);
            assertThat(temporaryFiles())
                    .singleElement()
                    .satisfies(file -> assertThat(file.getParent()).isEqualTo(folder.resolve("made/on/the/way")))
                    .satisfies(file -> assertThat(file.getFileName().toString()).startsWith("."));
            assertThat(write.commit().etag()).startsWith("1 bytes of 2");
        }
        assertThat(folder.resolve("made/on/the/way")).isDirectoryContaining("glob:**x.txt");
        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void noticesThatTheTemporaryFileWasDamaged() throws IOException {
        Location at = Location.file(folder.resolve("x.txt"));
        try (Storage storage = openStorage();
                Content content = Content.of(bytes("x", 1000));
                PendingWrite write = storage.create(at, OVERWRITE)) {
            write.transfer(content);
            Files.write(temporaryFiles().get(0), new byte[10]);
            assertThatThrownBy(write::commit)
                    .isInstanceOf(StorageException.class)
                    .hasMessageStartingWith("what was written is not the content: 10 of 1000 bytes on the disk");
        }
        assertThat(folder.resolve("x.txt")).doesNotExist();
    }

    @Test
    void saysWhyItCannotWrite() throws IOException {
        Files.createFile(folder.resolve("file"));
        Files.createDirectories(folder.resolve("folder/full"));
        try (Storage storage = openStorage();
                Content content = Content.of(new byte[3])) {
            Location below = Location.file(folder.resolve("file/x"));
            try (PendingWrite write = storage.create(below, OVERWRITE)) {
                assertThatThrownBy(() -> write.transfer(content))
                        .isInstanceOf(StorageException.class)
                        .hasMessageStartingWith("the file cannot be written: ");
            }
            assertThatThrownBy(() -> storage.create(Location.file(folder.resolve("folder")), OVERWRITE))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("it is not a file but a folder or a device");
            assertThat(temporaryFiles()).isEmpty();
        }
    }

    @Test
    void writesTheFileThatALinkLeadsTo() throws IOException {
        java.nio.file.Path real = Files.writeString(folder.resolve("real"), "old");
        java.nio.file.Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        try (Storage storage = openStorage();
                Content content = Content.of(new byte[] {'n', 'e', 'w'});
                PendingWrite write = storage.create(Location.file(link), OVERWRITE)) {
            write.transfer(content);
            write.commit();
        }
        assertThat(link).isSymbolicLink().hasContent("new");
        assertThat(real).hasContent("new");
    }

    @Test
    void readsNoFolder() throws IOException {
        try (Storage storage = openStorage()) {
            assertThat(storage.exists(Location.file(folder))).isFalse();
            assertThatThrownBy(() -> storage.read(Location.file(folder), dev.contraflow.io.Grant.unbounded()))
                    .isInstanceOf(StorageException.class);
        }
    }

    @Test
    void listsAFolderThatIsALink() throws IOException {
        Path real = folder.resolve("real");
        Files.createDirectories(real.resolve("deep"));
        Files.writeString(real.resolve("deep/a.txt"), "1");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        try (Storage storage = openStorage()) {
            assertThat(storage.list(Location.file(link).plus("/")))
                    .singleElement()
                    .satisfies(file -> assertThat(file.location()).isEqualTo(Location.file(link.resolve("deep/a.txt"))))
                    .satisfies(file -> assertThat(file.mark())
                            .isEqualTo(
                                    storage.info(file.location()).orElseThrow().mark()));
            assertThat(storage.list(Location.file(link).plus("/deep/a"))).hasSize(1);
            assertThat(storage.list(Location.file(link).plus("/b"))).isEmpty();
        }
    }
}
