package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.DatasetRef;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What earlier attempts of a run have left in its {@link Spool}, as far as it is intact and the dataset is still the same. Immutable. */
final class SpooledOutputs {
    private static final Logger LOG = LoggerFactory.getLogger(SpooledOutputs.class);

    static final SpooledOutputs NONE = new SpooledOutputs(Map.of());

    private final Map<String, Intact> intact; // by full name

    /** A file that holds what was written to it, and the attempt in which that was made. */
    private record Intact(Path file, Content content, int attempt) {}

    private SpooledOutputs(Map<String, Intact> intact) {
        this.intact = intact;
    }

    /**
     * Looks for it. Each file is read once.
     *
     * @param spool where the files stand, if they are on this machine
     * @param history what was noted of them
     * @param outputs the outputs of the run
     * @param datasets what these are bound to
     */
    static SpooledOutputs find(
            Spool spool,
            RunHistory history,
            Collection<DatasetRef<?>> outputs,
            Function<DatasetRef<?>, Dataset<?>> datasets) {
        Map<String, Intact> found = new HashMap<>();
        SideBySide.all(
                        outputs.stream()
                                .filter(output -> history.spooled().containsKey(output.name()))
                                .toList(),
                        output -> intact(
                                spool,
                                Objects.requireNonNull(history.spooled().get(output.name())),
                                datasets.apply(output)))
                .forEach(one -> one.ifPresent(known -> found.put(known.getKey(), known.getValue())));
        return new SpooledOutputs(found);
    }

    private static Optional<Map.Entry<String, Intact>> intact(Spool spool, JsonNode noted, Dataset<?> dataset) {
        boolean isTheSame = dataset instanceof EncodedDataset
                && dataset.isPersistent()
                && dataset.describe().equals(noted.path("place").asText());
        String name = noted.path("file").asText();
        try {
            Path file = spool.file(name).orElse(null);
            if (!isTheSame
                    || file == null
                    || Files.size(file) != noted.path("size").asLong()) {
                return Optional.empty();
            }
            Content content = Content.ofFile(file);
            if (!content.sha256().equals(noted.path("sha256").asText())) {
                return Optional.empty();
            }
            int attempt = noted.path("attempt").asInt();
            return Optional.of(Map.entry(noted.path("dataset").asText(), new Intact(file, content, attempt)));
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} of the spool cannot be read", name, e);
            return Optional.empty();
        }
    }

    /** Whether an output is there as an attempt has made it. */
    boolean has(DatasetRef<?> output, int attempt) {
        Intact known = intact.get(output.name());
        return known != null && known.attempt() == attempt;
    }

    /** The bytes of an output that is there. */
    Content content(DatasetRef<?> output) {
        return needed(output).content();
    }

    /** The file of an output that is there. */
    Path file(DatasetRef<?> output) {
        return needed(output).file();
    }

    private Intact needed(DatasetRef<?> output) {
        return Objects.requireNonNull(intact.get(output.name()), output.name());
    }
}
