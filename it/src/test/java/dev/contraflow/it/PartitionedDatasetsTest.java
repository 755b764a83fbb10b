package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.catalog.BindRequest;
import dev.contraflow.catalog.CatalogConfig;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.catalog.PartitionedDatasets;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageException;
import dev.contraflow.io.Stored;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.io.WriteSpec;
import dev.contraflow.run.DatasetResult;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.run.Visibility;
import dev.contraflow.runner.sequential.SequentialRunner;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.DatasetContract;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.LinesFormat;
import dev.contraflow.testkit.RunBench;
import dev.contraflow.testkit.ScriptedStorage.Call;
import dev.contraflow.testkit.ScriptedStorage.Hold;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A map whose values are files of their own: in a dataset's contract, and in runs with the tee. */
@Timeout(60)
class PartitionedDatasetsTest {
    private static final LinesFormat LINES = new LinesFormat(LinesFormat.Form.EXACT);

    private abstract static class Contract extends DatasetContract<Map<String, List<String>>> {
        @Override
        protected Map<String, List<String>> value() {
            return Map.of("a", List.of("1", "2"), "b/c", List.of("3"), "empty", List.of());
        }

        @Override
        protected Map<String, List<String>> otherValue() {
            return Map.of("a", List.of("4"));
        }
    }

    @Nested
    class Replacing extends Contract {
        @Override
        protected Dataset<Map<String, List<String>>> newDataset() {
            return PartitionedDatasets.replacing(new InMemoryStorage(), memory("/parts/"), ".txt", LINES);
        }

        @Override
        protected Power power() {
            return Power.ENCODED;
        }
    }

    @Nested
    class Adding extends Contract {
        @Override
        protected Dataset<Map<String, List<String>>> newDataset() {
            return PartitionedDatasets.adding(new InMemoryStorage(), memory("/parts"), "", LINES);
        }

        @Override
        protected Power power() {
            return Power.OPAQUE;
        }
    }

    private final DatasetRef<Map<String, List<String>>> parts =
            DatasetRef.of("parts", new dev.contraflow.TypeRef<Map<String, List<String>>>() {});

    @TempDir
    Path folder;

    private RunBench bench;

    @BeforeEach
    void open() {
        bench = new RunBench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static Location memory(String path) {
        return new Location("memory", "", path);
    }

    private EncodedDataset<Map<String, List<String>>> replacing() {
        return PartitionedDatasets.replacing(bench.storage(), bench.at("parts"), ".txt", LINES);
    }

    private Dataset<Map<String, List<String>>> adding() {
        return PartitionedDatasets.adding(bench.storage(), bench.at("parts"), ".txt", LINES);
    }

    private PipelineResult run(UnaryOperator<RunRequest> choice, Node... nodes) {
        return bench.run(new SequentialRunner(), request -> choice.apply(request.withIo("tee")), nodes);
    }

    private static DatasetResult ofParts(PipelineResult result) {
        return Objects.requireNonNull(result.datasets().get("parts"));
    }

    private static Map<String, List<String>> three() {
        Map<String, List<String>> map = new HashMap<>();
        map.put("c", List.of("3"));
        map.put("a", List.of("1"));
        map.put("b/x", new ArrayList<>(List.of("2")));
        return map;
    }

    private Node make(AtomicInteger calls) {
        return Node.named("make").readsNothing().writes(parts).by(() -> {
            calls.incrementAndGet();
            return three();
        });
    }

    @Test
    void theIdIsThePathFromTheFolderWithoutTheSuffix() throws IOException {
        bench.store("parts/day=1/b.txt", "x");
        bench.store("parts/a.txt", "y");
        bench.store("parts/.txt", "a file without a name");
        bench.store("parts/a.csv", "of another kind");
        bench.store("parts-of-others/a.txt", "z");
        bench.store("parts/folder/", "what some tools leave as a folder");
        assertThat(replacing().load())
                .containsExactly(Map.entry("a", List.of("y")), Map.entry("day=1/b", List.of("x")));
        assertThat(PartitionedDatasets.replacing(bench.storage(), bench.at("parts"), "", LINES)
                        .load())
                .containsOnlyKeys(".txt", "a.csv", "a.txt", "day=1/b.txt");
    }

    @Test
    void addingLeavesWhatIsThereAndReplacingRemovesIt() throws IOException {
        bench.store("parts/old.txt", "old");
        bench.store("parts/notes.md", "not a partition");
        adding().save(Map.of("new", List.of("1")));
        adding().save(Map.of("old", List.of("2")));
        assertThat(adding().load()).containsExactly(Map.entry("new", List.of("1")), Map.entry("old", List.of("2")));
        replacing().save(Map.of("only", List.of("3")));
        assertThat(replacing().load()).containsExactly(Map.entry("only", List.of("3")));
        assertThat(bench.isStored("parts/notes.md")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "a//b", "..", "../a", "a/../../b", "a/./b", "a\0"})
    void anIdThatLeadsElsewhereIsRefused(String id) {
        Map<String, List<String>> map = Map.of("fine", List.of("1"), id, List.of("2"));
        assertThatThrownBy(() -> adding().save(map))
                .isInstanceOf(UnencodableValueException.class)
                .hasMessage(
                        "the id of a partition is '" + id + "', which is no path below the folder: names between single"
                                + " slashes, none of them '.' or '..'");
        assertThat(bench.isStored("parts/fine.txt")).isFalse();
    }

    @Test
    void whatCouldNotBeReadBackIsRefusedBeforeAnythingIsStored() {
        bench.add(parts, replacing());
        PipelineResult none = run(
                request -> request,
                Node.named("make").readsNothing().writes(parts).by(Map::of));
        assertThat(none.failures())
                .singleElement()
                .hasToString("dev.contraflow.DatasetException: Cannot save dataset 'parts' ("
                        + "lines partitions at memory:///parts/*.txt) of"
                        + " node 'make': there is no partition in the map, and a dataset without partitions could not be"
                        + " loaded. Return at least one.");
        Map<String, List<String>> withNull = new HashMap<>(Map.of("a", List.of("1")));
        withNull.put("b", null);
        PipelineResult nulls = run(
                request -> request,
                Node.named("make").readsNothing().writes(parts).by(() -> withNull));
        assertThat(nulls.failures()).singleElement().asString().contains("the partition 'b' is null");
        Map<String, List<String>> broken = Map.of("a", List.of("1"), "b", List.of("two\nlines"));
        PipelineResult unencodable = run(
                request -> request,
                Node.named("make").readsNothing().writes(parts).by(() -> broken));
        assertThat(unencodable.failures()).singleElement().asString().contains("partition 'b': ");
        assertThat(bench.isStored("parts/a.txt")).isFalse();
    }

    @Test
    void theNextNodeReadsThemWhileTheyAreOnTheirWay() {
        bench.add(parts, replacing());
        DatasetRef<List<String>> ids = bench.file("ids");
        Hold upload = bench.storage().hold(bench.at("parts/b/x.txt"), Call.TRANSFER);
        PipelineResult result = run(
                request -> request,
                make(new AtomicInteger()),
                Node.named("next").reads(parts).writes(ids).by(read -> {
                    upload.awaitReached();
                    assertThat(bench.isStored("parts/b/x.txt")).isFalse();
                    upload.release();
                    return new ArrayList<>(read.keySet());
                }));
        result.orElseThrow();
        assertThat(bench.stored("ids")).isEqualTo("a\nb/x\nc\n");
        assertThat(bench.stored("parts/b/x.txt")).isEqualTo("2\n");
        assertThat(bench.storage().count(bench.at("parts/a.txt"), Call.READ)).isZero();
        Stored stored = Objects.requireNonNull(ofParts(result).stored());
        assertThat(stored.location()).isEqualTo(bench.at("parts"));
        assertThat(stored.sha256()).hasSize(64);
    }

    @Test
    void whereSavesAddTheNextNodeGetsWhatWasThereToo() throws IOException {
        bench.store("parts/old.txt", "0");
        bench.add(parts, adding());
        DatasetRef<List<String>> ids = bench.file("ids");
        run(
                        request -> request,
                        make(new AtomicInteger()),
                        Node.named("next").reads(parts).writes(ids).by(read -> new ArrayList<>(read.keySet())))
                .orElseThrow();
        assertThat(bench.stored("ids")).isEqualTo("a\nb/x\nc\nold\n");
    }

    @Test
    void theSamePartitionsAreNotSentAgainUnlessOneOfThemChanged() throws IOException {
        bench.add(parts, replacing());
        Node make = make(new AtomicInteger());
        run(request -> request, make).orElseThrow();
        run(request -> request, make).orElseThrow();
        assertThat(bench.storage().count(bench.at("parts/a.txt"), Call.COMMIT)).isEqualTo(1);
        bench.store("parts/c.txt", "changed");
        run(request -> request, make).orElseThrow();
        assertThat(bench.storage().count(bench.at("parts/a.txt"), Call.COMMIT)).isEqualTo(2);
        bench.store("parts/more.txt", "added");
        run(request -> request, make).orElseThrow();
        assertThat(replacing().load()).containsOnlyKeys("a", "b/x", "c");
    }

    @Test
    void aPartitionThatCannotBeStoredFailsTheDatasetAndNamesItself() {
        bench.add(parts, replacing());
        bench.storage().fail(bench.at("parts/b/x.txt"), Call.TRANSFER, 3, "the server failed");
        PipelineResult result = run(request -> request, make(new AtomicInteger()));
        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(ofParts(result).state()).isEqualTo(DatasetResult.State.FAILED);
        assertThat(result.failures()).singleElement().asString().contains("the server failed", "after 3 attempts");
        assertThat(bench.isStored("parts/a.txt"))
                .as("none is visible before all have been sent")
                .isFalse();
        assertThat(bench.storage().openWrites()).isZero();
    }

    @Test
    void aResumedRunCallsNoNodeWhosePartitionsAreStored() throws IOException {
        bench.add(parts, replacing());
        DatasetRef<List<String>> out = bench.file("out");
        AtomicInteger calls = new AtomicInteger();
        bench.storage().failOnce(bench.at("out"), Call.COMMIT, new IOException("as expected"));
        Node[] nodes = {
            make(calls), Node.named("next").reads(parts).writes(out).by(read -> List.of("of " + read.size()))
        };
        PipelineResult failed = run(request -> request, nodes);
        assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
        run(request -> request.resume(failed.runId()), nodes).orElseThrow();
        assertThat(calls).hasValue(1);
        assertThat(bench.stored("out")).isEqualTo("of 3\n");

        bench.storage().failOnce(bench.at("out"), Call.COMMIT, new IOException("as expected"));
        bench.store("out", "of another");
        PipelineResult again = run(request -> request, nodes);
        bench.store("parts/c.txt", "changed");
        run(request -> request.resume(again.runId()), nodes).orElseThrow();
        assertThat(calls).as("called again, since a partition was changed").hasValue(3);
    }

    @Test
    void whereSavesAddAResumedRunSeesThatAPartitionWasChangedToo() throws IOException {
        bench.add(parts, adding());
        DatasetRef<List<String>> out = bench.file("out");
        AtomicInteger calls = new AtomicInteger();
        Node[] nodes = {
            make(calls), Node.named("next").reads(parts).writes(out).by(read -> List.of("of " + read.size()))
        };
        bench.storage().failOnce(bench.at("out"), Call.COMMIT, new IOException("as expected"));
        PipelineResult failed = run(request -> request, nodes);
        bench.storage().delete(bench.at("parts/c.txt"));
        bench.storage().failOnce(bench.at("out"), Call.COMMIT, new IOException("as expected"));
        run(request -> request.resume(failed.runId()), nodes);
        assertThat(calls).as("called again, since a partition is gone").hasValue(2);
        run(request -> request.resume(failed.runId()), nodes).orElseThrow();
        assertThat(calls).as("as it was stored").hasValue(2);
        assertThat(bench.stored("out")).isEqualTo("of 3\n");
    }

    @Test
    void nothingToAddIsNoFailureIfSomethingIsThere() throws IOException {
        bench.store("parts/old.txt", "0");
        adding().save(Map.of());
        assertThat(adding().load()).containsOnlyKeys("old");
    }

    @Test
    void whatIsSpooledIsStoredByTheNextAttemptWithoutTheNode() {
        bench.add(parts, replacing());
        AtomicInteger calls = new AtomicInteger();
        bench.storage().failOnce(bench.at("parts/c.txt"), Call.COMMIT, new IOException("as expected"));
        UnaryOperator<RunRequest> spooling =
                request -> request.withRunOptions(ConfigSection.of("run", Map.of("tee", Map.of("spool", 1_000_000))));
        PipelineResult failed = run(spooling, make(calls));
        assertThat(failed.state()).isEqualTo(PipelineResult.State.FAILED);
        run(request -> spooling.apply(request).resume(failed.runId()), make(calls))
                .orElseThrow();
        assertThat(calls).hasValue(1);
        assertThat(bench.stored("parts/c.txt")).isEqualTo("3\n");
    }

    @Test
    void aPartitionThatChangesWhileTheRunLooksIsReadAsItIsSeen() throws IOException {
        bench.store("parts/a.txt", "1");
        bench.add(parts, replacing());
        try (Content content = replacing().fetch(Grant.unbounded())) {
            assertThat(content.mark()).isPresent().isEqualTo(replacing().mark());
            bench.store("parts/b.txt", "2");
            assertThat(replacing().mark()).isPresent().isNotEqualTo(content.mark());
        }
    }

    @Test
    void manyPartitionsAreReadAndWrittenSeveralAtOnce() throws IOException {
        Map<String, List<String>> many = new TreeMap<>();
        IntStream.range(0, 200).forEach(i -> many.put("p" + i, List.of("line " + i)));
        Hold first = bench.storage().hold(bench.at("parts/p0.txt"), Call.COMMIT);
        bench.add(parts, replacing());
        DatasetRef<List<String>> out = bench.file("out");
        PipelineResult result = run(
                request -> request,
                Node.named("make").readsNothing().writes(parts).by(() -> many),
                Node.named("next").reads(parts).writes(out).by(read -> {
                    release(first);
                    return List.of("" + read.size());
                }));
        result.orElseThrow();
        assertThat(replacing().load()).isEqualTo(many);
    }

    /** The others do not wait for the one that is held. */
    private void release(Hold held) throws InterruptedException {
        held.awaitReached();
        while (!bench.isStored("parts/p199.txt")) {
            Thread.onSpinWait();
        }
        held.release();
    }

    @Test
    void theBytesOfDamagedPartitionsAreRefused() throws IOException {
        EncodedDataset<Map<String, List<String>>> dataset = replacing();
        byte[] whole;
        try (Content content = dataset.encode(three(), Grant.unbounded());
                InputStream in = content.open()) {
            whole = in.readAllBytes();
        }
        for (int length = 0; length < whole.length; length++) {
            ByteArrayOutputStream torn = new ByteArrayOutputStream();
            torn.write(whole, 0, length);
            try (Content content = Content.of(torn.toByteArray())) {
                assertThatThrownBy(() -> dataset.decode(content))
                        .as("%d bytes", length)
                        .isInstanceOf(IOException.class)
                        .hasMessage("these are not the bytes of partitions");
            }
        }
        assertThat(new String(whole, StandardCharsets.UTF_8)).endsWith("1\n2\n3\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\ud800", "a/\udc00b"})
    void anIdThatUtf8CannotHoldIsRefused(String id) {
        assertThatThrownBy(() -> replacing().save(Map.of(id, List.of("1"))))
                .isInstanceOf(UnencodableValueException.class)
                .hasMessageContaining("half of a surrogate pair");
    }

    @Test
    void whatAStorageListsByAnotherNameIsNotRemoved() throws IOException {
        InMemoryStorage storage = new InMemoryStorage();
        EncodedDataset<Map<String, List<String>>> dataset =
                PartitionedDatasets.replacing(new CapitalStorage(storage), memory("/PARTS"), "", LINES);
        dataset.save(Map.of("OLD", List.of("0")));
        assertThatThrownBy(() -> dataset.save(Map.of("new", List.of("1"))))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the partition 'new' was stored, but its folder does not show it by this name");
        assertThat(dataset.load()).containsOnlyKeys("NEW", "OLD");
    }

    /** As file systems that know a name in one way of writing it only. */
    private static class CapitalStorage implements Storage {
        private final Storage inner;

        CapitalStorage(Storage inner) {
            this.inner = inner;
        }

        private static Location capital(Location at) {
            return memory(at.path().toUpperCase(Locale.ROOT));
        }

        @Override
        public Content read(Location at, Grant memory) throws IOException {
            return inner.read(capital(at), memory);
        }

        @Override
        public PendingWrite create(Location at, WriteSpec spec) throws IOException {
            return inner.create(capital(at), spec);
        }

        @Override
        public Optional<ObjectInfo> info(Location at) throws IOException {
            return inner.info(capital(at));
        }

        @Override
        public List<Listed> list(Location prefix) throws IOException {
            return inner.list(capital(prefix));
        }

        @Override
        public void delete(Location at) throws IOException {
            inner.delete(capital(at));
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }

    /** Its writes end, and then fail to say so. */
    private static final class BadlyClosingStorage extends CapitalStorage {
        private final AtomicInteger closed = new AtomicInteger();

        BadlyClosingStorage() {
            super(new InMemoryStorage());
        }

        @Override
        public PendingWrite create(Location at, WriteSpec spec) throws IOException {
            PendingWrite write = super.create(at, spec);
            return new PendingWrite() {
                @Override
                public void transfer(Content content) throws IOException {
                    write.transfer(content);
                }

                @Override
                public Stored commit() throws IOException {
                    return write.commit();
                }

                @Override
                public void close() throws IOException {
                    write.close();
                    throw new IllegalStateException("close " + closed.incrementAndGet());
                }
            };
        }
    }

    @Test
    void aWriteThatCannotBeClosedKeepsNoOtherOpen() throws IOException {
        BadlyClosingStorage storage = new BadlyClosingStorage();
        EncodedDataset<Map<String, List<String>>> dataset =
                PartitionedDatasets.replacing(storage, memory("/PARTS"), "", LINES);
        try (Content content = dataset.encode(three(), Grant.unbounded())) {
            PendingWrite write = dataset.beginWrite(new WriteSpec("run", 1, WriteSpec.Existing.OVERWRITE));
            write.transfer(content);
            assertThatThrownBy(write::close).isInstanceOf(IOException.class).hasRootCauseMessage("close 1");
            assertThat(storage.closed).hasValue(3);
        }
    }

    private DataCatalog catalog(Map<String, Map<String, Object>> entries) {
        return DataCatalog.of(
                new CatalogConfig(folder, Map.copyOf(entries), Map.of(), Map.of(), Map.of(), null),
                Providers.discover());
    }

    private static Map<String, Object> partitioned(String path, String suffix) {
        return Map.of(
                "type", "partitioned", "path", path, "dataset", "text", "filename_suffix", suffix, "overwrite", true);
    }

    private static Map<String, Object> text(String path) {
        return Map.of("type", "text", "filepath", path);
    }

    private static final DatasetRef<Map<String, String>> TEXTS = DatasetRef.mapOf("texts", String.class);

    /** Writes the texts, and has another dataset as a free input. */
    private void bind(Map<String, Object> texts, DatasetRef<?> other, Map<String, Object> otherEntry) {
        try (DataCatalog catalog = catalog(Map.of("texts", texts, other.name(), otherEntry))) {
            catalog.bind(new BindRequest(Set.of(TEXTS, other), Set.of(other.name()), Set.of("texts")));
        }
    }

    @Test
    void whatLiesInTheFolderIsNoOtherDataset() {
        DatasetRef<String> file = DatasetRef.of("file", String.class);
        DatasetRef<Map<String, String>> inner = DatasetRef.mapOf("inner", String.class);
        assertThatThrownBy(() -> bind(partitioned("data/texts/", ".txt"), file, text("data/texts/deep/a.txt")))
                .hasMessage("Dataset 'file' ((code)), text at file://" + folder + "/data/texts/deep/a.txt,"
                        + " lies in the folder of dataset 'texts' ((code)), text partitions at file://" + folder
                        + "/data/texts/*.txt, and the run writes one of them. Give them different folders.");
        assertThatThrownBy(() -> bind(partitioned("data/texts", ".txt"), inner, partitioned("data/texts/in", "")))
                .hasMessageContaining("'inner'", "lies in the folder of dataset 'texts'");
        assertThatThrownBy(() -> bind(partitioned("data/texts/in", ".txt"), inner, partitioned("data/texts", "")))
                .hasMessageContaining("'texts'", "lies in the folder of dataset 'inner'");
        assertThatThrownBy(() -> bind(partitioned("data/texts", ".txt"), inner, partitioned("data/texts/", ".txt")))
                .hasMessageContaining("have the same file");
        bind(partitioned("data/texts", ".txt"), file, text("data/texts/readme.md"));
        bind(partitioned("data/texts", ".txt"), file, text("data/texts.txt"));
        bind(partitioned("data/texts", ".txt"), inner, partitioned("data/texts/in", ".md"));
    }

    @Test
    void viewsOfPartitionsHaveOneFolderAndOneSuffix() {
        DatasetRef<Map<String, String>> written = DatasetRef.mapOf("texts@w", String.class);
        DatasetRef<Map<String, String>> read = DatasetRef.mapOf("texts@r", String.class);
        DatasetRef<String> file = DatasetRef.of("texts@r", String.class);
        assertThatThrownBy(() -> bindViews(written, read, partitioned("data", "")))
                .hasMessageContaining("are views of one dataset, but lead to", "/data/*.txt");
        assertThatThrownBy(() -> bindViews(written, file, text("data")))
                .hasMessageContaining("are views of one dataset, but lead to", "/data/*.txt");
        bindViews(written, read, partitioned("data/", ".txt"));
    }

    private void bindViews(DatasetRef<?> written, DatasetRef<?> read, Map<String, Object> readEntry) {
        try (DataCatalog catalog =
                catalog(Map.of(written.name(), partitioned("data", ".txt"), read.name(), readEntry))) {
            catalog.bind(new BindRequest(Set.of(written, read), Set.of(), Set.of(written.name())));
        }
    }

    @Test
    void aFolderThatHoldsTheRecordsOfRunsIsRefused() {
        Node make = Node.named("make").readsNothing().writes(TEXTS).by(() -> Map.of("a", "1"));
        try (DataCatalog catalog = catalog(Map.of("texts", partitioned(".", "")))) {
            RunRequest request =
                    RunRequest.of(Pipeline.of(make), catalog).withIo("tee").withStateFolder(folder.resolve("state"));
            assertThatThrownBy(() -> new SequentialRunner().run(request))
                    .isInstanceOf(CatalogException.class)
                    .hasMessageContaining("is a folder that holds " + folder.resolve("state"));
        }
    }

    @Test
    void partitionsHaveNoVersionsToBecomeVisibleTogether() {
        Node make = Node.named("make").readsNothing().writes(TEXTS).by(() -> Map.of("a", "1"));
        try (DataCatalog catalog = catalog(Map.of("texts", partitioned("data", "")))) {
            RunRequest request = RunRequest.of(Pipeline.of(make), catalog)
                    .withIo("tee")
                    .withVisibility(Visibility.MANIFEST)
                    .withStateFolder(folder.resolve("state"));
            assertThatThrownBy(() -> new SequentialRunner().run(request))
                    .isInstanceOf(CatalogException.class)
                    .hasMessageContaining("has no versions: several files cannot.");
        }
    }

    @Test
    void aStorageThatNobodyHasIsMissedByTheWholeEntry() {
        try (DataCatalog catalog = catalog(Map.of("texts", partitioned("gs://bucket/texts", "")))) {
            assertThatThrownBy(() -> catalog.load(TEXTS))
                    .hasMessageContaining("no storage for scheme 'gs' (dataset 'texts').");
        }
    }
}
