package dev.contraflow.internal.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Hides the versions of runs that make all their outputs visible at once. Beside each such version stands, from before its file is written, a
 * small object named {@value #MARK}, which says where the run's manifest is going to be; the version counts once that is there. Manifests are
 * numbered by the attempts of the run; one that says {@code takenOver} was written by a later attempt, so that the earlier one cannot publish
 * any more. Thread-safe.
 */
public final class Manifests {
    /** The name of the object beside a version's file. */
    static final String MARK = "_manifest";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final @Nullable Location own;
    private final Set<Location> published = ConcurrentHashMap.newKeySet(); // the places of manifests that are there

    /** @param own what the locations of this run's manifests begin with; null if it makes none */
    Manifests(@Nullable Location own) {
        this.own = own;
    }

    /** Writes the object that hides a version of this run, if this run makes a manifest. */
    void hide(Storage storage, Location mark, String runId) throws IOException {
        if (own == null) {
            return;
        }
        WriteSpec spec = new WriteSpec(runId, 1, WriteSpec.Existing.OVERWRITE);
        try (Content content = Content.of(own.toString().getBytes(StandardCharsets.UTF_8));
                PendingWrite write = storage.create(mark, spec)) {
            write.transfer(content);
            write.commit();
        }
    }

    /** Whether the run whose version has such an object has published its outputs. */
    boolean isPublished(Storage storage, Location mark) throws IOException {
        Location manifests;
        try {
            manifests = Location.parse(text(storage, mark), java.nio.file.Path.of(""));
        } catch (ObjectNotFoundException e) {
            return true; // it is gone, and so is what it said
        }
        if (published.contains(manifests)) {
            return true;
        }
        boolean isNow = isAnyReal(storage, manifests);
        if (isNow) {
            published.add(manifests);
        }
        return isNow;
    }

    private static boolean isAnyReal(Storage storage, Location manifests) throws IOException {
        for (Listed listed : storage.list(manifests)) {
            if (isReal(text(storage, listed.location()))) {
                return true;
            }
        }
        return false;
    }

    /**
     * @param manifest what a manifest holds
     * @return whether it publishes the outputs of its run; if not, it keeps an attempt from doing so
     * @throws IOException if it is not a manifest
     */
    public static boolean isReal(String manifest) throws IOException {
        JsonNode json = JSON.readTree(manifest);
        return !json.path("takenOver").asBoolean();
    }

    private static String text(Storage storage, Location at) throws IOException {
        try (Content content = storage.read(at, Grant.unbounded());
                InputStream in = content.open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
