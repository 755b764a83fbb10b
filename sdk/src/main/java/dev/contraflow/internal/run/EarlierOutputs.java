package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.contraflow.DatasetRef;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.Stored;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What earlier runs have stored and nobody has changed since: the same bytes need not be sent to the same place again. The storage is asked once
 * for an output whose bytes are those that the last record noted, and for no other. Thread-safe.
 */
final class EarlierOutputs {
    private static final Logger LOG = LoggerFactory.getLogger(EarlierOutputs.class);

    private final Map<String, JsonNode> noted;

    /** @param noted what the records say, by full name, of the last run that stored it */
    EarlierOutputs(Map<String, JsonNode> noted) {
        this.noted = Map.copyOf(noted);
    }

    /**
     * @param ref an output
     * @param dataset its dataset
     * @param sha256 the digest of what is to be stored, which is asked for only if something was noted
     * @return the receipt of what is stored, if it is just that; empty if it is not, or nobody can tell
     * @throws IOException if the thread was interrupted
     */
    Optional<Stored> same(DatasetRef<?> ref, Dataset<?> dataset, Supplier<String> sha256) throws IOException {
        JsonNode last = noted.get(ref.name());
        if (last == null
                || dataset.versions().isPresent()
                || !last.path("sha256").asText().equals(sha256.get())) {
            return Optional.empty();
        }
        try {
            return dataset.saved().filter(info -> isNoted(info, last)).map(info -> receipt(info, sha256.get()));
        } catch (InterruptedIOException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            LOG.debug("it cannot be found out whether {} is stored already: it is sent", ref, e);
            return Optional.empty();
        }
    }

    private static boolean isNoted(ObjectInfo info, JsonNode last) {
        return info.mark().equals(last.path("mark").asText(null))
                && info.size() == last.path("size").asLong()
                && info.location().equals(Location.parse(last.path("location").asText(), Path.of("")));
    }

    private static Stored receipt(ObjectInfo info, String sha256) {
        return new Stored(info.location(), info.size(), sha256, info.mark());
    }
}
