package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.MemoryDataset;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.ForwardingDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.TransientFailure;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.NodeOrder;
import dev.contraflow.run.NodeResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RetryPolicy;
import dev.contraflow.run.RunEvent;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.runner.threads.ThreadRunner;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage;
import dev.contraflow.testkit.ScriptedStorage.Call;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request can choose: order, run id, retries of single datasets, resumption; and what a run tells and keeps. */
class RunChoicesTest {
    private static final RetryPolicy THRICE = new RetryPolicy(3, Duration.ZERO, Duration.ZERO);

    @TempDir
    Path folder;

    private RunBench bench;

    @BeforeEach
    void setUp() {
        bench = new RunBench(folder.resolve("state"));
    }

    @AfterEach
    void tearDown() {
        bench.close();
    }

    private PipelineResult run(UnaryOperator<RunRequest> choice, Node... nodes) {
        return bench.run(new SequentialRunner(), request -> choice.apply(request.withIo("plain")), nodes);
    }

    private static DatasetRef<List<String>> ref(String name) {
        return DatasetRef.listOf(name, String.class);
    }

    private static Node make(String name, DatasetRef<List<String>> to) {
        return Node.named(name).readsNothing().writes(to).by(() -> List.of(name));
    }

    private static Node copy(String name, DatasetRef<List<String>> from, DatasetRef<List<String>> to) {
        return Node.named(name).reads(from).writes(to).by(lines -> lines);
    }

    private static List<Node> wide() {
        List<Node> nodes = new ArrayList<>();
        for (String branch : List.of("a", "b", "c")) {
            nodes.add(make("1_" + branch, ref(branch + "1")));
            nodes.add(copy("2_" + branch, ref(branch + "1"), ref(branch + "2")));
        }
        nodes.add(Node.named("3_join").reads(ref("a2"), ref("c2")).runs((a, c) -> {}));
        nodes.add(Node.named("4_use").reads(ref("b2")).runs(b -> {}));
        return nodes;
    }

    @Test
    void depthFirstMakesOneResultAfterTheOther() {
        List<Node> nodes = wide();
        Collections.shuffle(nodes, new Random(7));
        List<String> ran = new ArrayList<>();
        PipelineResult result = run(
                request -> request.withOrder(NodeOrder.DEPTH_FIRST).withListener(event -> {
                    if (event instanceof RunEvent.NodeStarted started) {
                        ran.add(started.node());
                    }
                }),
                nodes.toArray(Node[]::new));
        assertThat(result.orElseThrow().state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        assertThat(ran).containsExactly("1_a", "2_a", "1_c", "2_c", "3_join", "1_b", "2_b", "4_use");
        assertThat(result.nodes().keySet()).containsExactlyElementsOf(ran);
        assertThat(NodeOrder.DEFAULT.nodes(Pipeline.of(nodes)))
                .extracting(Node::name)
                .containsExactly("1_a", "1_b", "1_c", "2_a", "2_b", "2_c", "3_join", "4_use");
    }

    @Test
    void depthFirstTakesLongChainsAndKeepsParentsFirst() {
        List<Node> nodes = new ArrayList<>(IntStream.range(0, 20_000)
                .mapToObj(i -> i == 0 ? make("n0", ref("d0")) : copy("n" + i, ref("d" + (i - 1)), ref("d" + i)))
                .toList());
        Collections.shuffle(nodes, new Random(7));
        assertThat(NodeOrder.DEPTH_FIRST.nodes(Pipeline.of(nodes)))
                .extracting(Node::name)
                .containsExactlyElementsOf(
                        IntStream.range(0, 20_000).mapToObj(i -> "n" + i).toList());
    }

    @Test
    void theCallerMayChooseTheRunIdOnce() {
        RunId chosen = new RunId("2026-11-26T10.00.00.000Z-nightly");
        Node node = make("make", bench.file("a"));
        assertThat(run(request -> request.withRunId(chosen), node).runId()).isEqualTo(chosen);
        assertThatThrownBy(() -> run(request -> request.withRunId(chosen), node))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("There is a run '" + chosen + "' already, in ")
                .hasMessageEndingWith("Choose another id, or take that run up again: RunRequest.resume(..).");
        assertThatThrownBy(() -> run(request -> request.withRunId(new RunId("../x")), node))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("The run id '../x' cannot be a version: it must be one part of a path");
    }

    @Test
    void theNewestRunIsTheOneThatStartedLastWhateverItsId() {
        DatasetRef<List<String>> a = bench.file("a");
        bench.storage().fail(bench.at("a"), Call.COMMIT, 1, "refused");
        Node node = make("make", a);
        assertThat(run(request -> request.withRunId(new RunId("zebra")), node).state())
                .isEqualTo(PipelineResult.State.FAILED);
        assertThat(run(request -> request.withRunId(new RunId("bear")), node).state())
                .isEqualTo(PipelineResult.State.FAILED);
        assertThat(run(RunRequest::resume, node).runId()).hasToString("bear");
        assertThatThrownBy(
                        () -> run(request -> request.resume(new RunId("zebra")).withRunId(new RunId("yak")), node))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("Run zebra is to be resumed, and keeps its id: it cannot be 'yak'.");
    }

    @Test
    void aDatasetMayHaveARetryPolicyOfItsOwn() {
        DatasetRef<List<String>> a = bench.file("a");
        bench.storage().failOnce(bench.at("a"), Call.TRANSFER, new PassingException());
        run(request -> request.withRetry("a", THRICE), make("make", a)).orElseThrow();
        DatasetRef<List<String>> b = bench.file("b");
        bench.storage().failOnce(bench.at("b"), Call.TRANSFER, new PassingException());
        assertThat(run(request -> request.withRetry("a", THRICE), make("make", a), make("make_b", b))
                        .state())
                .as("b has no policy")
                .isEqualTo(PipelineResult.State.FAILED);
    }

    @Test
    void retriesOfDatasetsStandInRunYmlAndTheirNamesAreChecked() {
        DatasetRef<List<String>> a = bench.file("a");
        bench.storage().failOnce(bench.at("a"), Call.TRANSFER, new PassingException());
        Map<String, Object> rule = Map.of("attempts", 2, "first_delay", "0s", "longest_delay", "0s");
        run(request -> request.withRunOptions(retry(Map.of("a", rule))), make("make", a))
                .orElseThrow();
        assertThatThrownBy(() -> run(request -> request.withRunOptions(retry(Map.of("aa", rule))), make("make", a)))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("'aa' in 'run.retry.datasets' names a dataset that neither the pipeline nor the"
                        + " catalog has. Did you mean 'a'?");
        assertThatThrownBy(() -> run(request -> request.withRetry("aa", THRICE), make("make", a)))
                .hasMessage("The retry policy for 'aa' names a dataset that neither the pipeline nor the catalog has."
                        + " Did you mean 'a'?");
        assertThatThrownBy(() -> run(
                        request -> request.withRunOptions(retry(Map.of("a", Map.of("attempt", 2)))), make("make", a)))
                .hasMessageContaining("unknown key 'attempt'")
                .hasMessageContaining("Did you mean 'attempts'?");
    }

    private static ConfigSection retry(Map<String, ?> datasets) {
        return ConfigSection.of("run", Map.of("retry", Map.of("datasets", datasets)));
    }

    private static final class PassingException extends IOException implements TransientFailure {
        private static final long serialVersionUID = 1L;

        PassingException() {
            super("not now");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "async", "cache", "cache-async", "tee"})
    void aDatasetThatANodeReadsTwiceIsLoadedOnce(String io) throws IOException {
        AtomicInteger loads = new AtomicInteger();
        MemoryDataset<List<String>> value = new MemoryDataset<>("in");
        value.save(List.of("x"));
        DatasetRef<List<String>> in = bench.add("in", new ForwardingDataset<>(value) {
            @Override
            public List<String> load() throws IOException {
                loads.incrementAndGet();
                return super.load();
            }

            @Override
            public boolean isPersistent() {
                return true; // what lives in memory is looked at once more, to know it again in another attempt
            }
        });
        DatasetRef<List<String>> out = bench.file("out");
        run(
                        request -> request.withIo(io),
                        Node.named("n").reads(in, in).writes(out).by((a, b) -> {
                            List<String> both = new ArrayList<>(a);
                            both.addAll(b);
                            return both;
                        }))
                .orElseThrow();
        assertThat(bench.stored("out")).isEqualTo("x\nx\n");
        assertThat(loads).hasValue(1);
    }

    @Test
    void aFailedRunIsResumedFromWhatIsDurable() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        List<String> calls = new ArrayList<>();
        bench.storage().failOnce(bench.at("b"), Call.COMMIT, new IOException("refused"));
        Node[] nodes = {
            Node.named("first").readsNothing().writes(a).by(() -> {
                calls.add("first");
                return List.of("x");
            }),
            Node.named("second").reads(a).writes(b).by(lines -> {
                calls.add("second");
                return lines;
            })
        };
        PipelineResult failed = run(request -> request, nodes);
        assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
        PipelineResult resumed = run(RunRequest::resume, nodes).orElseThrow();
        assertThat(resumed.runId()).isEqualTo(failed.runId());
        assertThat(resumed.nodes().values())
                .extracting(NodeResult::state)
                .containsExactly(NodeResult.State.SKIPPED, NodeResult.State.COMPLETED);
        assertThat(calls).containsExactly("first", "second", "second");
        assertThat(bench.stored("b")).isEqualTo("x\n");
        assertThatThrownBy(() -> run(RunRequest::resume, nodes))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("There is no run to resume: all have succeeded.");
    }

    /** 'second' runs again for what lives in memory, and its other output with it. */
    @Test
    void aResumedRunDoesNotStoreWhatIsThereAlready() {
        DatasetRef<List<String>> stored = bench.file("stored");
        DatasetRef<List<String>> other = bench.file("other");
        DatasetRef<List<String>> last = bench.file("last");
        DatasetRef<List<String>> inMemory = ref("in_memory");
        String[] text = {"same"};
        bench.storage().failOnce(bench.at("last"), Call.COMMIT, new IOException("refused"));
        Node[] nodes = {
            Node.named("both")
                    .readsNothing()
                    .writesList(List.of(stored, other, inMemory))
                    .by(() -> {
                        List<List<String>> made = List.of(List.of("same"), List.of(text[0]), List.of("kept"));
                        text[0] = "another";
                        return made;
                    }),
            Node.named("last").reads(inMemory).writes(last).by(lines -> lines)
        };
        assertThat(run(request -> request, nodes).state()).isEqualTo(PipelineResult.State.FAILED);
        PipelineResult resumed = run(RunRequest::resume, nodes).orElseThrow();
        assertThat(resumed.nodes().get("both")).extracting(NodeResult::state).isEqualTo(NodeResult.State.COMPLETED);
        assertThat(bench.storage().count(bench.at("stored"), Call.COMMIT))
                .as("the same bytes are not sent again")
                .isOne();
        assertThat(bench.storage().count(bench.at("other"), Call.COMMIT)).isEqualTo(2);
        assertThat(bench.stored("other")).isEqualTo("another\n");
        assertThat(resumed.datasets().get("stored"))
                .extracting(DatasetResult::state)
                .isEqualTo(DatasetResult.State.DURABLE);
    }

    /** What was stored is not any more: somebody has written it since. */
    @Test
    void aResumedRunStoresAgainWhatOthersHaveChanged() throws IOException {
        DatasetRef<List<String>> stored = bench.file("stored");
        DatasetRef<List<String>> last = bench.file("last");
        bench.storage().failOnce(bench.at("last"), Call.COMMIT, new IOException("refused"));
        Node[] nodes = {
            Node.named("first").readsNothing().writes(stored).by(() -> List.of("x")),
            Node.named("last").reads(stored).writes(last).by(lines -> lines)
        };
        assertThat(run(request -> request, nodes).state()).isEqualTo(PipelineResult.State.FAILED);
        WriteSpec others = new WriteSpec("somebody else", 1, WriteSpec.Existing.OVERWRITE);
        try (Content changed = Content.of("changed\n".getBytes(StandardCharsets.UTF_8));
                PendingWrite write = bench.storage().create(bench.at("stored"), others)) {
            write.transfer(changed);
            write.commit();
        }
        PipelineResult resumed = run(RunRequest::resume, nodes).orElseThrow();
        assertThat(resumed.nodes().get("first")).extracting(NodeResult::state).isEqualTo(NodeResult.State.COMPLETED);
        assertThat(bench.stored("stored")).isEqualTo("x\n");
        assertThat(bench.stored("last")).isEqualTo("x\n");
    }

    @Test
    void theRecordOfARunKnowsTheCommit() throws IOException {
        String commit = "0123456789abcdef0123456789abcdef01234567";
        Path git = Files.createDirectories(folder.resolve(".git/refs/heads"));
        Files.writeString(git.resolve("main"), commit + "\n");
        Files.writeString(folder.resolve(".git/HEAD"), "ref: refs/heads/main\n");
        PipelineResult result = run(request -> request, make("make", bench.file("a")));
        JsonNode record = new ObjectMapper()
                .readTree(folder.resolve("state/runs/" + result.runId() + "/run.json")
                        .toFile());
        assertThat(record.path("gitCommit").asText()).isEqualTo(commit);
        assertThat(record.path("runId").asText()).isEqualTo(result.runId().value());
    }

    @Test
    void listenersAreCalledOnOneThreadOfTheRunAndNeverTwoAtOnce() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger calls = new AtomicInteger();
        UnaryOperator<RunRequest> listening = request -> {
            RunRequest all = request.withIo("plain");
            for (int i = 0; i < 3; i++) {
                all = all.withListener(event -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    threads.add(Thread.currentThread().getName());
                    calls.incrementAndGet();
                    inside.decrementAndGet();
                });
            }
            return all;
        };
        Node[] nodes = Stream.of("a", "b", "c", "d", "e", "f")
                .map(name -> make("make_" + name, bench.file(name)))
                .toArray(Node[]::new);
        PipelineResult result = bench.run(new ThreadRunner(), listening, nodes);
        assertThat(threads).singleElement().asString().startsWith("contraflow-events-" + result.runId());
        assertThat(most).hasValue(1);
        assertThat(calls).hasValue(3 * bench.events().size());
    }

    @Test
    void allSavesOfANodeThatFailAreReported() {
        DatasetRef<List<String>> a = bench.file("a");
        DatasetRef<List<String>> b = bench.file("b");
        DatasetRef<List<String>> c = bench.file("c");
        bench.storage().fail(bench.at("a"), Call.TRANSFER, 1, "no a");
        bench.storage().fail(bench.at("c"), Call.TRANSFER, 1, "no c");
        PipelineResult result = run(
                request -> request.withIo("async"),
                Node.named("n")
                        .readsNothing()
                        .writes(a, b, c)
                        .by(() -> dev.contraflow.Outputs.of(List.of("1"), List.of("2"), List.of("3"))));
        assertThat(result.failures())
                .extracting(Throwable::getMessage)
                .anySatisfy(message -> assertThat(message).contains("'a'", "no a"))
                .anySatisfy(message -> assertThat(message).contains("'c'", "no c"));
        assertThat(bench.stored("b")).isEqualTo("2\n");
    }

    /** Of a run that makes only what is missing, what was there before it is looked at again when the run is resumed. */
    @ParameterizedTest
    @ValueSource(strings = {"kept", "changed", "removed"})
    void whatWasThereBeforeIsLookedAtAgainWhenTheRunIsResumed(String what) throws IOException {
        DatasetRef<List<String>> there = bench.input("there", "old");
        DatasetRef<List<String>> made = bench.file("made");
        DatasetRef<List<String>> last = bench.file("last");
        AtomicBoolean fails = new AtomicBoolean(true);
        Node[] nodes = {
            Node.named("make").readsNothing().writes(there).by(() -> List.of("new")),
            copy("copy", there, made),
            Node.named("end").reads(made).writes(last).by(lines -> {
                if (fails.get()) {
                    throw new IllegalStateException("not yet");
                }
                return lines;
            })
        };
        assertThat(run(RunRequest::onlyMissing, nodes).exitCode()).isEqualTo(1);
        if (what.equals("changed")) {
            bench.store("there", "changed");
        } else if (what.equals("removed")) {
            bench.storage().delete(bench.at("there"));
        }
        fails.set(false);
        PipelineResult resumed = run(RunRequest::resume, nodes).orElseThrow();
        Map<String, NodeResult.State> states = new TreeMap<>();
        resumed.nodes().forEach((name, node) -> states.put(name, node.state()));
        NodeResult.State ran = NodeResult.State.COMPLETED;
        NodeResult.State skipped = NodeResult.State.SKIPPED;
        assertThat(states)
                .isEqualTo(Map.of(
                        "make", what.equals("removed") ? ran : skipped,
                        "copy", what.equals("kept") ? skipped : ran,
                        "end", ran));
        assertThat(bench.stored("last"))
                .isEqualTo(what.equals("kept") ? "old\n" : what.equals("changed") ? "changed\n" : "new\n");
    }

    /** The record of the first attempt still says that it is running, and its process is. */
    @Test
    void aRunWhoseRecordCouldNotBeFinishedIsResumedInTheSameProcess() throws IOException {
        InMemoryStorage state = new InMemoryStorage();
        Location root = new Location("memory", "", "/state/");
        DatasetRef<List<String>> out = bench.file("out");
        AtomicBoolean fails = new AtomicBoolean(true);
        Node node = Node.named("n").readsNothing().writes(out).by(() -> {
            if (fails.get()) {
                state.cutOff();
                throw new IllegalStateException("not yet");
            }
            return List.of("x");
        });
        PipelineResult failed = run(request -> request.withState(state, root), node);
        assertThat(failed.exitCode()).isEqualTo(1);
        state.reconnect();
        fails.set(false);
        PipelineResult resumed =
                run(request -> request.withState(state, root).resume(), node).orElseThrow();
        assertThat(resumed.runId()).isEqualTo(failed.runId());
    }

    /** What the first attempt has stored is an input of the second. */
    @Test
    void afterAResumedRunNothingIsMissingAndNothingIsSentAgain() {
        DatasetRef<List<String>> first = bench.file("first");
        DatasetRef<List<String>> last = bench.file("last");
        AtomicInteger calls = new AtomicInteger();
        Node[] nodes = {
            Node.named("a").readsNothing().writes(first).by(() -> {
                calls.incrementAndGet();
                return List.of("x");
            }),
            Node.named("b").reads(first).writes(last).by(lines -> {
                calls.incrementAndGet();
                return lines;
            })
        };
        bench.storage().failOnce(bench.at("last"), Call.COMMIT, new IOException("as expected"));
        assertThat(run(request -> request, nodes).exitCode()).isEqualTo(3);
        run(RunRequest::resume, nodes).orElseThrow();
        assertThat(calls).hasValue(3);
        run(RunRequest::onlyMissing, nodes).orElseThrow();
        assertThat(calls).as("nothing is missing").hasValue(3);
        run(request -> request, nodes).orElseThrow();
        assertThat(bench.storage().count(bench.at("first"), Call.COMMIT))
                .as("it has not changed")
                .isEqualTo(1);
    }

    /** Whoever stops a run for good may interrupt it once more while it writes its last words. */
    @Test
    void anInterruptWhileTheRecordIsFinishedIsKeptAndTheRecordIsFinished() throws Exception {
        ScriptedStorage state = new ScriptedStorage(new InMemoryStorage());
        RunId id = new RunId("interrupted");
        Location record = new Location("memory", "", "/state/runs/interrupted/run.json");
        DatasetRef<List<String>> out = bench.file("out");
        AtomicReference<Thread> stopper = new AtomicReference<>();
        Thread runs = Thread.currentThread();
        Node node = Node.named("n").readsNothing().writes(out).by(() -> {
            ScriptedStorage.Hold last = state.hold(record, Call.COMMIT);
            stopper.set(onceReached(last, () -> {
                runs.interrupt();
                last.release();
            }));
            return List.of("x");
        });

        PipelineResult result =
                run(request -> request.withRunId(id).withState(state, new Location("memory", "", "/state/")), node);

        stopper.get().join();
        assertThat(Thread.interrupted()).as("the flag is set").isTrue();
        assertThat(result.state()).isEqualTo(PipelineResult.State.SUCCEEDED);
        try (Content written = state.read(record, Grant.unbounded());
                InputStream in = written.open()) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("\"state\" : \"SUCCEEDED\"");
        }
        assertThat(state.count(record, Call.COMMIT)).isGreaterThan(1);
    }

    private static Thread onceReached(ScriptedStorage.Hold call, Runnable then) {
        Thread thread = new Thread(() -> {
            try {
                call.awaitReached();
                then.run();
            } catch (InterruptedException e) {
                return; // nobody does
            }
        });
        thread.start();
        return thread;
    }
}
