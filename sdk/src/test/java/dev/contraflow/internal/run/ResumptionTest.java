package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.run.RunId;
import dev.contraflow.spi.RunThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** raw -(first)-> a -(second, rate)-> b; beside it: -(third)-> c. All was stored by the first attempt. */
class ResumptionTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static DatasetRef<String> ref(String name) {
        return DatasetRef.of(name, String.class);
    }

    private static final DatasetRef<Double> RATE = DatasetRef.parameter("rate", Double.class);
    private static final Node SECOND =
            Node.named("second").reads(ref("a"), RATE).writes(ref("b")).by((a, rate) -> a + rate);
    private static final Node THIRD =
            Node.named("third").reads(ref("other")).writes(ref("c")).by(other -> other);
    private static final Pipeline PIPELINE =
            Pipeline.of(Node.named("first").reads(ref("raw")).writes(ref("a")).by(raw -> raw), SECOND, THIRD);
    private static final Map<String, String> INPUTS = Map.of("raw", "r1", "params:rate", "p1", "other", "o1");

    @TempDir
    Path folder;

    private RunHistory history;

    @BeforeEach
    void store() throws Exception {
        StateStore store = new LocalState(folder);
        try (Journal journal = new Journal(RunThreads.ofJvm(), store.openLog("runs/r/journal-1"), "here", "r")) {
            journal.append(durable("a", "first", Map.of()));
            journal.append(durable("b", "second", Map.of("first", 1)));
            journal.append(durable("c", "third", Map.of()));
        }
        ObjectNode record = JSON.createObjectNode().put("format", 2).put("runId", "r");
        record.putArray("attempts")
                .add(RunFacts.of("1", PIPELINE, INPUTS, Set.of()).toJson().put("attempt", 1));
        history = RunHistory.read(store, record.path("runId").asText(), record);
    }

    private static ObjectNode durable(String dataset, String node, Map<String, Integer> parents) {
        ObjectNode entry = JSON.createObjectNode()
                .put("t", "durable")
                .put("dataset", dataset)
                .put("node", node)
                .put("mark", "mark of " + dataset);
        entry.set("parents", JSON.valueToTree(parents));
        return entry;
    }

    private Map<Node, String> running(Pipeline now, String code, Map<String, String> inputs) {
        return new Resumption(
                        now,
                        history,
                        RunFacts.of(code, now, inputs, Set.of()),
                        output -> true,
                        Map.of("a", "mark of a", "b", "mark of b", "c", "mark of c"),
                        SpooledOutputs.NONE)
                .running();
    }

    private static List<String> names(Map<Node, String> running) {
        return running.keySet().stream().map(Node::name).sorted().toList();
    }

    private static Map<String, String> with(String input, String mark) {
        Map<String, String> changed = new java.util.HashMap<>(INPUTS);
        changed.put(input, mark);
        return changed;
    }

    @Test
    void nothingRunsAgainIfNothingHasChanged() {
        assertThat(running(PIPELINE, "1", INPUTS)).isEmpty();
    }

    @Test
    void whatDependsOnAChangedInputRunsAgain() {
        Map<Node, String> running = running(PIPELINE, "1", with("raw", "r2"));
        assertThat(names(running)).containsExactly("first", "second");
        assertThat(running.values())
                .containsExactlyInAnyOrder("input 'raw' has changed since", "node 'first' runs again");
    }

    @Test
    void whatReadsAChangedParameterRunsAgain() {
        Map<Node, String> running = running(PIPELINE, "1", with("params:rate", "p2"));
        assertThat(names(running)).containsExactly("second");
        assertThat(running.get(SECOND)).isEqualTo("parameter 'params:rate' has changed since");
    }

    @Test
    void anInputThatNobodyCanMarkMayHaveChanged() {
        assertThat(running(PIPELINE, "1", with("other", "")).get(THIRD))
                .isEqualTo("input 'other' may have changed since");
    }

    @Test
    void everythingRunsAgainIfTheCodeHasChanged() {
        Map<Node, String> running = running(PIPELINE, "2", INPUTS);
        assertThat(names(running)).containsExactly("first", "second", "third");
        assertThat(running.get(THIRD)).isEqualTo("the code has changed since");
    }

    @Test
    void aNodeThatReadsOrWritesSomethingElseRunsAgain() {
        Node other =
                Node.named("third").reads(ref("other"), RATE).writes(ref("c")).by((in, rate) -> in + rate);
        Pipeline now = Pipeline.of(PIPELINE.nodes().stream()
                .map(node -> node.name().equals("third") ? other : node)
                .toList());
        assertThat(running(now, "1", INPUTS).get(other)).isEqualTo("the node itself has changed since");
    }

    /** b is in the spool only, as the first attempt has made it. */
    private Resumption withASpool(String text, Map<String, String> marks) throws Exception {
        Spool spool = new Spool(folder, new RunId("s"));
        Path file = folder.resolve("runs/s/spool/b.spool");
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.writeString(file, text);
        StateStore store = new LocalState(folder);
        try (Journal journal = new Journal(RunThreads.ofJvm(), store.openLog("runs/s/journal-1"), "here", "s")) {
            journal.append(durable("a", "first", Map.of()));
            journal.append(durable("b", "second", Map.of("first", 1))
                    .put("t", "spooled")
                    .put("place", DATASET.describe())
                    .put("size", 4)
                    .put("sha256", RunFacts.sha256("text"))
                    .put("file", "b.spool"));
            journal.append(durable("c", "third", Map.of()));
        }
        ObjectNode record = JSON.createObjectNode().put("format", 2).put("runId", "s");
        ObjectNode facts = RunFacts.of("1", PIPELINE, INPUTS, Set.of()).toJson();
        record.putArray("attempts").add(facts.deepCopy().put("attempt", 1)).add(facts.put("attempt", 2));
        RunHistory known = RunHistory.read(store, record.path("runId").asText(), record);
        return new Resumption(
                PIPELINE,
                known,
                RunFacts.of("1", PIPELINE, INPUTS, Set.of()),
                output -> true,
                marks,
                SpooledOutputs.find(spool, known, List.of(ref("a"), ref("b"), ref("c")), output -> DATASET));
    }

    private static final Dataset<?> DATASET = new EncodedDataset<String>() {
        @Override
        public Content encode(String value, Grant memory) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String decode(Content content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Content fetch(Grant memory) {
            throw new UnsupportedOperationException();
        }

        @Override
        public PendingWrite beginWrite(WriteSpec spec) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean exists() {
            return false;
        }

        @Override
        public String describe() {
            return "a text";
        }
    };

    @Test
    void aNodeIsRestoredIfWhatItStoresIsInTheSpool() throws Exception {
        Resumption resumption = withASpool("text", Map.of("a", "mark of a", "c", "mark of c"));
        assertThat(resumption.running()).isEmpty();
        assertThat(names(resumption.skipped())).containsExactly("first", "third");
        assertThat(resumption.restored().why(SECOND)).isPresent();
        assertThat(resumption.restored().files()).containsOnlyKeys("b");
        assertThat(resumption.isThere("b")).isFalse();
        assertThat(resumption.attemptOf(SECOND)).isEqualTo(1);
    }

    @Test
    void itRunsAgainIfWhatIsInTheSpoolIsDamaged() throws Exception {
        Resumption resumption = withASpool("tex_", Map.of("a", "mark of a", "c", "mark of c"));
        assertThat(resumption.running())
                .containsOnly(Map.entry(
                        SECOND, "'b' was not durable, and what was kept of it in the spool is not there or damaged"));
    }

    @Test
    void itRunsAgainIfWhatItReadsIsMadeAgain() throws Exception {
        Resumption resumption = withASpool("text", Map.of("c", "mark of c"));
        assertThat(names(resumption.running())).containsExactly("first", "second");
        assertThat(resumption.restored().count()).isZero();
    }

    @Test
    void itRunsAgainIfItHasRunSinceWhatIsInTheSpoolWasMade() throws Exception {
        StateStore store = new LocalState(folder);
        try (Journal journal = new Journal(RunThreads.ofJvm(), store.openLog("runs/s/journal-2"), "here", "s")) {
            journal.append(durable("b", "second", Map.of("first", 1)).put("t", "completed"));
        }
        Resumption resumption = withASpool("text", Map.of("a", "mark of a", "c", "mark of c"));
        assertThat(resumption.running()).containsOnly(Map.entry(SECOND, "'b' was not durable"));
    }
}
