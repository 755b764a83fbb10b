package dev.contraflow.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.PublishException;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.Versions;
import dev.contraflow.internal.Reason;
import dev.contraflow.internal.catalog.Manifests;
import dev.contraflow.io.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The manifest of one attempt of a run, {@code runs/<run id>/manifest-<attempt>} in the state store: the one object by which all outputs of
 * the run become visible. It is written only where nothing stands yet, so that of an attempt and a later one that takes over only one can
 * win. Used by the thread that begins and finishes the run.
 */
final class RunManifest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FORMAT = 1;
    private static final int TRIES = 3;

    private final RunSetup setup;
    private final StateStore store;

    RunManifest(RunSetup setup) {
        this.setup = setup;
        this.store = setup.records().store();
    }

    /** What the names of a run's manifests begin with. */
    static String prefix(String runId) {
        return "runs/" + runId + "/manifest-";
    }

    private String name(int attempt) {
        return prefix(setup.runId().value()) + attempt;
    }

    /**
     * Refuses a run that cannot become visible at once.
     *
     * @param outputs its outputs that are stored
     * @throws CatalogException if one has no versions, or is in another storage than the manifest
     */
    void check(List<DatasetRef<?>> outputs) {
        Location at = store.at(name(setup.attempt()));
        List<String> problems = new ArrayList<>();
        for (DatasetRef<?> output : outputs) {
            Dataset<?> dataset = setup.datasets().dataset(output);
            Optional<Versions> versions = dataset.versions();
            if (versions.isEmpty()) {
                String advice = dataset.suffixOfFiles().isPresent() ? "several files cannot" : "add 'versioned: true'";
                problems.add("'" + output + "' (" + dataset.describe() + ") has no versions: " + advice);
            } else if (!versions.get().location().scheme().equals(at.scheme())) {
                problems.add("'" + output + "' (" + dataset.describe() + ") is not in the storage '" + at.scheme()
                        + "', where the manifest goes: set 'state' in run.yml to a location beside the data");
            }
        }
        if (!problems.isEmpty()) {
            throw new CatalogException("Outputs cannot become visible together (visibility: manifest): "
                    + problems.stream().limit(4).collect(Collectors.joining("; "))
                    + (problems.size() > 4 ? "; and " + (problems.size() - 4) + " more" : "") + ".");
        }
    }

    /**
     * Refuses a run some of whose outputs are in another storage of the same scheme (another server, say): who reads them looks for the
     * manifest there.
     *
     * @param outputs its outputs that are stored
     * @param written the name of something that stands in the state store
     * @throws CatalogException if a dataset's storage does not see that
     */
    void checkReach(List<DatasetRef<?>> outputs, String written) {
        Location at = store.at(written);
        SideBySide.all(outputs, output -> {
            Dataset<?> dataset = setup.datasets().dataset(output);
            Optional<Versions> versions = dataset.versions();
            try {
                if (versions.isPresent() && !versions.get().reaches(at)) {
                    throw new CatalogException("Outputs cannot become visible together (visibility: manifest): '"
                            + output
                            + "' (" + dataset.describe()
                            + ") is in another storage than the manifest, though both are '"
                            + at.scheme() + "': " + at + " is not seen from there. Set 'state' in run.yml to a location"
                            + " beside the data, with its credentials.");
                }
            } catch (IOException | RuntimeException e) {
                throw e instanceof CatalogException told
                        ? told
                        : new CatalogException(
                                "Outputs cannot become visible together (visibility: manifest): the storage of '"
                                        + output
                                        + "' (" + dataset.describe() + ") cannot be asked for " + at + ": "
                                        + Reason.of(e) + ". Set 'state' in run.yml to a location beside the data.",
                                e);
            }
            return output;
        });
    }

    /**
     * Keeps earlier attempts, which may still be going on somewhere, from publishing anything any more.
     *
     * @throws CatalogException if one has published
     * @throws IOException if that is not known
     */
    void takeOver() throws IOException {
        for (int attempt = 1; attempt < setup.attempt(); attempt++) {
            byte[] tombstone = JSON.writeValueAsBytes(
                    JSON.createObjectNode().put("takenOver", true).put("by", setup.attempt()));
            if (!store.create(name(attempt), tombstone) && Manifests.isReal(text(name(attempt)))) {
                throw new CatalogException(
                        "Run " + setup.runId() + " has published its outputs by now: there is nothing to resume.");
            }
        }
    }

    /**
     * Makes all outputs of the run visible.
     *
     * @param durable what is stored, by full name, as the journal notes it
     * @throws PublishException if a later attempt has taken over
     * @throws IOException if it is not known whether they are visible
     */
    void publish(Map<String, JsonNode> durable) throws IOException {
        byte[] manifest = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json(durable));
        for (int attempt = 1; ; attempt++) {
            try {
                if (store.create(name(setup.attempt()), manifest)
                        || Arrays.equals(text(name(setup.attempt())).getBytes(StandardCharsets.UTF_8), manifest)) {
                    return; // the second: it was written, and the answer was lost
                }
                throw new PublishException(
                        "Run " + setup.runId() + " was taken over by a later attempt, as " + store.describe() + "/"
                                + name(setup.attempt()) + " says. Its outputs do not become visible.",
                        null);
            } catch (IOException e) {
                if (attempt == TRIES) {
                    throw e;
                }
            }
        }
    }

    private String text(String name) throws IOException {
        byte[] bytes = store.read(name).orElseThrow(() -> new IOException(name + " is there, and cannot be read"));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private ObjectNode json(Map<String, JsonNode> durable) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("runId", setup.runId().value())
                .put("attempt", setup.attempt());
        ArrayNode outputs = json.putArray("outputs");
        for (Node node : setup.pipeline().nodes()) {
            for (DatasetRef<?> output : node.outputs()) {
                JsonNode known = durable.get(output.name());
                if (known != null) {
                    ObjectNode entry =
                            outputs.addObject().put("name", output.name()).put("node", node.name());
                    for (String key : List.of("location", "size", "sha256")) {
                        entry.set(key, Objects.requireNonNull(known.get(key), key));
                    }
                    ArrayNode from = entry.putArray("madeFrom");
                    node.inputs().forEach(input -> from.add(input.name()));
                }
            }
        }
        return json;
    }

    /** Whether a run, of which only the record is known, has published its outputs. */
    static boolean isPublished(StateStore store, String runId) throws IOException {
        for (String child : store.children("runs/" + runId)) {
            if (child.startsWith("manifest-")) {
                byte[] manifest = store.read("runs/" + runId + "/" + child).orElseGet(() -> new byte[] {'{', '}'});
                if (Manifests.isReal(new String(manifest, StandardCharsets.UTF_8))) {
                    return true;
                }
            }
        }
        return false;
    }
}
