package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.Reason;
import dev.contraflow.internal.catalog.Problems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads one file of a configuration, YAML or JSON by the ending of its name. Used by one thread. */
final class FileReader {
    private static final long FILE_BYTES = 16L << 20;

    private final Quoting quoting;
    private final Budget budget;
    private final Problems problems;

    /**
     * @param quoting whether messages may quote values
     * @param budget bounds what is made
     * @param problems gets the mistakes
     */
    FileReader(Quoting quoting, Budget budget, Problems problems) {
        this.quoting = quoting;
        this.budget = budget;
        this.problems = problems;
    }

    /**
     * Reads a file.
     *
     * @param path the file
     * @param shown what it is called in messages
     * @return its value, which holds null for an empty file; or null if it cannot be read
     */
    @Nullable
    ConfigValue read(Path path, String shown) {
        return problems.get(() -> {
            String text = text(path, shown);
            return shown.endsWith(".json")
                    ? new JsonReader(shown, quoting, budget, problems).read(text)
                    : new YamlReader(shown, quoting, budget, problems).read(text);
        });
    }

    private static String text(Path path, String shown) {
        SourcePosition at = new SourcePosition(shown, 0, 0);
        try {
            if (Files.size(path) > FILE_BYTES) {
                throw new CatalogException(
                        at,
                        "the file is larger than " + (FILE_BYTES >> 20)
                                + " MiB. Keep data in datasets, not in the configuration.");
            }
            byte[] bytes = Files.readAllBytes(path);
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new CatalogException(at, "the file is not UTF-8. Save it with that encoding.", e);
        } catch (IOException e) {
            throw new CatalogException(at, "the file cannot be read: " + Reason.of(e) + ".", e);
        }
    }
}
