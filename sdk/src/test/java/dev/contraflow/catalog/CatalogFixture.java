package dev.contraflow.catalog;

import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.Fakes.MapStorages;
import dev.contraflow.catalog.Fakes.TextFormats;
import dev.contraflow.catalog.Fakes.Wrappers;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A project's folder, and fakes to make its datasets of. */
final class CatalogFixture {
    final Path root;
    final TextFormats text = new TextFormats("text", String.class);
    final TextFormats lines = new TextFormats("lines", List.class);
    final MapStorages files = new MapStorages("file");
    final MapStorages buckets = new MapStorages("s3");
    final Providers providers = Providers.builder()
            .format(text)
            .format(lines)
            .storage(files)
            .storage(buckets)
            .dataset(new Wrappers())
            .build();

    CatalogFixture(Path root) {
        this.root = root;
    }

    /** Writes a file of the configuration. */
    CatalogFixture with(String file, String content) {
        try {
            Files.createDirectories(root.resolve("conf/local"));
            Files.writeString(Files.createDirectories(root.resolve("conf/base")).resolve(file), content);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Config config() {
        return Config.load(ConfigSource.of(root));
    }

    DataCatalog load() {
        return DataCatalog.load(config(), providers);
    }

    static DatasetRef<String> text(String name) {
        return DatasetRef.of(name, String.class);
    }

    /** A request of texts that a run only reads. */
    static BindRequest reading(String... names) {
        return new BindRequest(refs(names), Set.of(names), Set.of());
    }

    /** A request of texts that a run writes, and may read. */
    static BindRequest writing(String... names) {
        return new BindRequest(refs(names), Set.of(), Set.of(names));
    }

    private static Set<DatasetRef<?>> refs(String... names) {
        return Stream.of(names).map(CatalogFixture::text).collect(Collectors.toSet());
    }
}
