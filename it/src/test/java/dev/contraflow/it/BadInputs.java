package dev.contraflow.it;

import static dev.contraflow.it.BadProject.CATALOG;
import static dev.contraflow.it.BadProject.CLEAN;
import static dev.contraflow.it.BadProject.CREDENTIALS;
import static dev.contraflow.it.BadProject.ORDERS;
import static dev.contraflow.it.BadProject.PARAMETERS;
import static dev.contraflow.it.BadProject.RATIO;
import static dev.contraflow.it.BadProject.RUN;
import static dev.contraflow.it.BadProject.SECRET;
import static dev.contraflow.it.BadProject.STORAGES;
import static dev.contraflow.it.BadProject.TOTALS;

import dev.contraflow.DatasetMapping;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.PipelineFilter;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.io.Storage;
import dev.contraflow.io.StorageConfig;
import dev.contraflow.io.StorageProvider;
import dev.contraflow.it.BadProject.Model;
import dev.contraflow.it.BadProject.Order;
import dev.contraflow.run.RunId;
import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.Providers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The mistakes of {@link BadInputTest}, each as the change that makes it in a {@link BadProject}. */
final class BadInputs {
    /** When a mistake comes to light. */
    enum Seen {
        /** Before the first node: nothing has begun. */
        REFUSED,
        /** Only when a node runs, since nothing but its function or its value is wrong. */
        FAILED,
        /** Never: it may be meant, so the run succeeds, and a warning says what looks wrong. */
        WARNED,
        /** It is no mistake, and must not become one. */
        ACCEPTED
    }

    /** Makes a mistake. */
    interface Change {
        BadProject in(BadProject project);
    }

    /**
     * A mistake.
     *
     * @param name what it is
     * @param kedro its row in the list of what Kedro prints for such mistakes, or 0
     * @param seen when it comes to light
     * @param hasPlace whether a line of a file is at fault, if the change is one of the configuration
     * @param change makes it
     */
    record Case(String name, int kedro, Seen seen, boolean hasPlace, Change change) {
        Case(String name, int kedro, Seen seen, Change change) {
            this(name, kedro, seen, seen == Seen.REFUSED, change);
        }

        /** Something is missing that could stand in any of the files. */
        Case nowhere() {
            return new Case(name, kedro, seen, false, change);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A type and a storage whose own jar is there, but not what it depends on. */
    private static final class WithoutLibrary implements DatasetProvider, StorageProvider {
        @Override
        public String typeId() {
            return "ledger";
        }

        @Override
        public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
            throw new NoClassDefFoundError("com/acme/ledger/Client");
        }

        @Override
        public Set<String> schemes() {
            return Set.of("ledger");
        }

        @Override
        public void check(ConfigSection options) {
            throw new NoClassDefFoundError("com/acme/ledger/Client");
        }

        @Override
        public Storage open(StorageConfig config) {
            throw new NoClassDefFoundError("com/acme/ledger/Client");
        }
    }

    private BadInputs() {}

    private static Case kedro(int row, String name, Change change) {
        return new Case(name, row, Seen.REFUSED, change);
    }

    private static Case fails(int row, String name, Change change) {
        return new Case(name, row, Seen.FAILED, change);
    }

    private static Case refused(String name, Change change) {
        return new Case(name, 0, Seen.REFUSED, change);
    }

    static List<Case> all() {
        return Stream.of(
                        entries(),
                        paths(),
                        credentials(),
                        storages(),
                        yaml(),
                        references(),
                        patterns(),
                        parameters(),
                        pipelines(),
                        types(),
                        requests(),
                        runOptions(),
                        whileRunning(),
                        several())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Case> entries() {
        return List.of(
                kedro(1, "a type that is misspelt", p -> p.replace(CATALOG, "type: json", "type: jsno")),
                kedro(
                        1,
                        "a type of Kedro that is misspelt",
                        p -> p.replace(CATALOG, "type: json", "type: text.TextDatset")),
                kedro(
                        2,
                        "a type of Kedro that nothing can stand for",
                        p -> p.replace(CATALOG, "type: json", "type: spark.SparkDataset")),
                refused(
                        "a type of somebody's own that is not on the class path",
                        p -> p.replace(CATALOG, "type: json", "type: acme.ledger.LedgerDataset")),
                kedro(
                        2,
                        "a type whose library is not on the class path",
                        p -> p.replace(CATALOG, "type: json", "type: ledger")
                                .asks(r -> r.withProviders(Providers.discover().withDataset(new WithoutLibrary())))),
                refused(
                        "no format on the class path",
                        p -> p.asks(r -> r.withProviders(Providers.builder().build()))),
                kedro(3, "an input file that is missing", p -> p.delete("data/orders.csv")),
                kedro(
                        4,
                        "an input that is not in the catalog",
                        p -> p.runs(() -> Pipeline.of(Node.named("clean_orders")
                                .reads(DatasetRef.listOf("order", Order.class))
                                .writes(CLEAN)
                                .by(p::begins)))),
                kedro(
                        10,
                        "a key of an entry that is misspelt",
                        p -> p.replace(CATALOG, "filepath: data/totals", "filepth: data/totals")),
                refused(
                        "an output in the folder where runs keep their records",
                        p -> p.replace(CATALOG, "filepath: data/totals", "filepath: .contraflow/totals")),
                refused("a key that no entry has", p -> p.append(CATALOG, "  colour: blue\n")),
                kedro(12, "a misspelt 'type'", p -> p.replace(CATALOG, "type: json", "tpye: json")),
                refused("an entry that is a text", p -> p.append(CATALOG, "raw: data/raw.csv\n")),
                refused("a catalog that is a list", p -> p.write(CATALOG, "- orders\n- clean\n")),
                refused("a type that is a number", p -> p.replace(CATALOG, "type: json", "type: 7")),
                refused("an option of a format that is misspelt", p -> p.append(CATALOG, "  save_args: {indnt: 2}\n")),
                refused(
                        "an option of a format that is no number",
                        p -> p.append(CATALOG, "  save_args: {indent: wide}\n")),
                refused(
                        "an option of pandas that changes what is read",
                        p -> p.replace(
                                CATALOG,
                                "type: csv\n  filepath: data/clean",
                                "type: pandas.CSVDataset\n  save_args: {sep: ab}\n  filepath: data/clean")),
                refused("'versioned' that is no truth", p -> p.append(CATALOG, "  versioned: sometimes\n")),
                refused(
                        "a parameter in the catalog",
                        p -> p.append(CATALOG, "params:ratio: {type: json, filepath: r.json}\n")),
                refused(
                        "a name that no dataset can have",
                        p -> p.append(CATALOG, "a@b@c: {type: json, filepath: r.json}\n")),
                refused(
                        "an input in memory that nobody writes",
                        p -> p.replace(CATALOG, "type: csv\n  filepath: ${globals:folder}/orders.csv", "type: memory")),
                refused(
                        "a cached dataset of nothing",
                        p -> p.replace(CATALOG, "type: json\n  filepath: data/totals.json", "type: cached")),
                refused(
                        "partitions without a format",
                        p -> p.replace(
                                CATALOG,
                                "type: json\n  filepath: data/totals.json",
                                "type: partitioned\n  path: data/totals")),
                refused(
                        "several mistakes of one partitioned dataset",
                        p -> p.replace(
                                CATALOG,
                                "type: json\n  filepath: data/totals.json",
                                "type: partitioned\n  filepath: data/totals\n  dataset: json\n  overwrit: true\n"
                                        + "  versioned: true\n  filename_suffix: 3")),
                refused(
                        "partitions of a format that is misspelt",
                        p -> p.replace(
                                CATALOG,
                                "type: json\n  filepath: data/totals.json",
                                "type: partitioned\n  path: data/totals\n  dataset: jsno")),
                refused(
                        "partitions of what is no file",
                        p -> p.replace(
                                CATALOG,
                                "type: json\n  filepath: data/totals.json",
                                "type: partitioned\n  path: data/totals\n  dataset: memory")),
                refused(
                        "partitions with a path each",
                        p -> p.replace(
                                CATALOG,
                                "type: json\n  filepath: data/totals.json",
                                "type: partitioned\n  path: data/totals\n  dataset: {type: json, filepath: data/x.json}")),
                refused(
                        "partitions of a list",
                        p -> p.replace(
                                CATALOG,
                                "type: csv\n  filepath: data/clean.csv",
                                "type: partitioned\n  path: data/clean\n  dataset: csv")),
                refused("one file for two datasets", p -> p.replace(CATALOG, "data/totals.json", "data/clean.csv")),
                new Case(
                        "an entry that is misspelt, so that its dataset lives in memory",
                        0,
                        Seen.WARNED,
                        p -> p.replace(CATALOG, "totals:", "totls:")),
                new Case(
                        "a catalog of ten thousand lines",
                        32,
                        Seen.ACCEPTED,
                        p -> p.append(
                                CATALOG,
                                IntStream.range(0, 2_500)
                                        .mapToObj(i -> "d" + i + ":\n  type: csv\n  filepath: data/d" + i
                                                + ".csv\n  metadata: {n: " + i + "}\n")
                                        .collect(Collectors.joining()))));
    }

    private static List<Case> paths() {
        return List.of(
                refused(
                        "a URI that lacks a slash",
                        p -> p.replace(CATALOG, "data/totals.json", "s3:/bucket/totals.json")),
                refused("a drive of Windows", p -> p.replace(CATALOG, "data/totals.json", "C:\\data\\totals.json")),
                refused(
                        "a scheme that is misspelt",
                        p -> p.replace(CATALOG, "data/totals.json", "s4://bucket/totals.json")),
                refused(
                        "a scheme that nothing serves",
                        p -> p.replace(CATALOG, "data/totals.json", "gs://bucket/totals.json")),
                refused("a bucket without a key", p -> p.replace(CATALOG, "data/totals.json", "s3://bucket")),
                refused(
                        "a password in a path",
                        p -> p.replace(CATALOG, "data/totals.json", "s3://me:" + SECRET + "@bucket/totals.json")),
                refused("a path that is a number", p -> p.replace(CATALOG, "data/totals.json", "12")),
                refused("a path that is empty", p -> p.replace(CATALOG, "data/totals.json", "\"\"")),
                fails(
                        0,
                        "a folder where a file should be",
                        p -> p.write("data/in/orders.csv", "")
                                .replace(CATALOG, "${globals:folder}/orders.csv", "data/in")),
                kedro(
                        31,
                        "a version that is not there",
                        p -> p.replace(CATALOG, "folder}/orders.csv", "folder}/orders.csv\n  versioned: true")
                                .write("data/orders.csv/2024-02-01T00.00.00.000Z/orders.csv", "id,price\n")
                                .delete("data/orders.csv")
                                .asks(r -> r.withLoadVersion("orders", "2020-01-01T00.00.00.000Z"))),
                refused(
                        "a version of a dataset that nobody has",
                        p -> p.asks(r -> r.withLoadVersion("ordres", "2020-01-01T00.00.00.000Z"))),
                new Case(
                        "a version of a dataset that keeps none",
                        0,
                        Seen.WARNED,
                        p -> p.asks(r -> r.withLoadVersion("orders", "2020-01-01T00.00.00.000Z"))));
    }

    private static List<Case> credentials() {
        return List.of(
                kedro(9, "credentials that do not exist", p -> p.append(CATALOG, "  credentials: mines\n")),
                refused("credentials that are a list", p -> p.append(CATALOG, "  credentials: [mine]\n")),
                refused(
                        "credentials that are a text",
                        p -> p.write(CREDENTIALS, "mine: " + SECRET + "\n").append(CATALOG, "  credentials: mine\n")),
                refused(
                        "a key of S3 credentials that is misspelt",
                        p -> p.replace(CREDENTIALS, "secret_access_key", "secret_acess_key")
                                .replace(CATALOG, "data/totals.json", "s3://bucket/totals.json\n  credentials: mine")),
                refused(
                        "half of a pair of keys",
                        p -> p.write(CREDENTIALS, "mine:\n  secret_access_key: " + SECRET + "\n")
                                .replace(CATALOG, "data/totals.json", "s3://bucket/totals.json\n  credentials: mine")),
                refused("credentials for a storage that needs none", p -> p.append(CATALOG, "  credentials: mine\n")),
                refused(
                        "an environment variable that is not set",
                        p -> p.replace(CREDENTIALS, SECRET, "${oc.env:NO_SUCH_VARIABLE}")),
                refused(
                        "an environment variable outside of credentials",
                        p -> p.replace(PARAMETERS, "ratio: 0.2", "ratio: ${oc.env:HOME}")));
    }

    private static List<Case> storages() {
        return List.of(
                refused(
                        "an option of a storage that is misspelt",
                        p -> p.append(STORAGES, "  path_stile: true\n")
                                .replace(CATALOG, "data/totals.json", "s3://bucket/totals.json")),
                refused(
                        "an option of a storage that no dataset of the run uses",
                        p -> p.append(STORAGES, "  path_stile: true\n")),
                refused(
                        "an option of a storage that is no number",
                        p -> p.append(STORAGES, "  attempts: many\n")
                                .replace(CATALOG, "data/totals.json", "s3://bucket/totals.json")),
                refused(
                        "an endpoint that is no URL",
                        p -> p.replace(STORAGES, "http://127.0.0.1:9", "localhost:9000")
                                .replace(CATALOG, "data/totals.json", "s3://bucket/totals.json")),
                refused("options of a scheme that is misspelt", p -> p.replace(STORAGES, "s3:", "s33:")),
                refused(
                        "options of a storage whose library is not on the class path",
                        p -> p.append(STORAGES, "ledger:\n  size: 3\n")
                                .asks(r -> r.withProviders(Providers.discover().withStorage(new WithoutLibrary())))),
                new Case(
                        "options of a scheme that nothing serves",
                        0,
                        Seen.WARNED,
                        p -> p.append(STORAGES, "gcs:\n  project: mine\n")),
                refused("options of a storage that are a text", p -> p.write(STORAGES, "s3: fast\n")));
    }

    private static List<Case> yaml() {
        return List.of(
                kedro(
                        11,
                        "a wrong indentation",
                        p -> p.replace(CATALOG, "  type: json\n", "  type: json\n   metadata: {}\n")),
                refused("a tab for indentation", p -> p.replace(CATALOG, "  type: json", "\ttype: json")),
                refused("a bracket that is not closed", p -> p.append(PARAMETERS, "seeds: [1, 2\n")),
                refused("a quote that is not closed", p -> p.append(PARAMETERS, "name: \"half\n")),
                kedro(
                        13,
                        "a key twice in one file",
                        p -> p.append(CATALOG, "orders:\n  type: text\n  filepath: o.txt\n")),
                kedro(
                        14,
                        "a key in two files",
                        p -> p.write("conf/base/catalog_b.yml", "orders:\n  type: text\n  filepath: o.txt\n")),
                refused(
                        "a class that YAML is to make",
                        p -> p.append(PARAMETERS, "evil: !!java.io.File [/etc/passwd]\n")),
                refused("an alias that nothing has named", p -> p.append(PARAMETERS, "again: *first\n")),
                refused("bytes that are no UTF-8 in their meaning", p -> p.append(PARAMETERS, "bell: \u0007\n")),
                refused("JSON that is cut off", p -> p.write("conf/base/parameters_b.json", "{\"seed\": [1, 2")));
    }

    private static List<Case> references() {
        return List.of(
                kedro(29, "a global that does not exist", p -> p.replace(CATALOG, "globals:folder", "globals:foldr")),
                refused("a reference in the parameters to nothing", p -> p.append(PARAMETERS, "twice: ${ratoi}\n")),
                refused("a resolver that does not exist", p -> p.append(PARAMETERS, "twice: ${global:folder}\n")),
                refused("references in a circle", p -> p.append(PARAMETERS, "a: ${b}\nb: ${a}\n")),
                refused("a reference that is not closed", p -> p.append(PARAMETERS, "a: ${ratio\n")),
                refused(
                        "a runtime parameter that nobody gives",
                        p -> p.append(PARAMETERS, "day: ${runtime_params:day}\n")),
                refused("a parameter in two files", p -> p.write("conf/base/parameters_b.yml", "ratio: 0.3\n")));
    }

    private static List<Case> patterns() {
        return List.of(
                kedro(
                        30,
                        "a placeholder that is misspelt",
                        p -> p.append(CATALOG, "\"{name}_x\": {type: csv, filepath: \"data/{nme}.csv\"}\n")),
                refused("two patterns that match everything", p -> p.append(CATALOG, """
                        "{name}": {type: csv, filepath: "data/{name}.csv"}
                        "{other}": {type: json, filepath: "data/{other}.json"}
                        """)),
                refused(
                        "a misspelt input behind a pattern that matches everything",
                        p -> p.append(CATALOG, "\"{name}\": {type: csv, filepath: \"data/{name}.csv\"}\n")
                                .runs(() -> Pipeline.of(Node.named("clean_orders")
                                        .reads(DatasetRef.listOf("ordres", Order.class))
                                        .writes(CLEAN)
                                        .by(p::begins)))),
                refused(
                        "a pattern with a type that is misspelt",
                        p -> p.append(CATALOG, "\"{name}_x\": {type: cvs, filepath: \"data/{name}.csv\"}\n")));
    }

    private static List<Case> parameters() {
        DatasetRef<Model> model = DatasetRef.parameter("model", Model.class);
        Change readsModel = p -> p.runs(() ->
                Pipeline.of(Node.named("train").reads(model).writes(TOTALS).by(m -> {
                    p.begins();
                    return Map.of("depth", (double) m.depth());
                })));
        return List.of(
                kedro(5, "a parameter that is missing", p -> p.replace(PARAMETERS, "ratio: 0.2", "ration: 0.2")),
                refused("a parameter of another type", p -> p.replace(PARAMETERS, "ratio: 0.2", "ratio: high")),
                refused("a parameter that is null", p -> p.replace(PARAMETERS, "ratio: 0.2", "ratio:")),
                refused(
                        "a key of a record that is misspelt",
                        p -> readsModel.in(p.replace(PARAMETERS, "depth: 3", "dept: 3"))),
                refused("a record that is a text", p -> readsModel.in(p.write(PARAMETERS, "model: tree\n"))),
                refused(
                        "a number that is no whole one",
                        p -> readsModel.in(p.replace(PARAMETERS, "depth: 3", "depth: 3.5"))));
    }

    private static List<Case> pipelines() {
        return List.of(
                kedro(
                        6,
                        "a cycle",
                        p -> p.runs(() -> Pipeline.of(
                                p.node("clean_orders"),
                                Node.named("again").reads(CLEAN).writes(ORDERS).by(p::begins)))),
                refused(
                        "a node that reads what it writes",
                        p -> p.runs(() -> Pipeline.of(
                                Node.named("again").reads(CLEAN).writes(CLEAN).by(p::begins)))),
                kedro(7, "two writers of one dataset", p -> p.runs(() -> Pipeline.of(p.node("one"), p.node("two")))),
                kedro(
                        8,
                        "two nodes of one name",
                        p -> p.runs(() -> Pipeline.of(
                                p.node("one"),
                                Node.named("one").reads(CLEAN).writes(TOTALS).by(o -> Map.of())))),
                refused("a name that no node can have", p -> p.runs(() -> Pipeline.of(p.node("clean orders, please")))),
                refused(
                        "a dataset without a name",
                        p -> p.runs(() -> Pipeline.of(Node.named("n")
                                .reads(DatasetRef.of("", String.class))
                                .writes(TOTALS)
                                .by(o -> Map.of())))),
                refused(
                        "a node that writes a parameter",
                        p -> p.runs(() -> Pipeline.of(
                                Node.named("n").reads(ORDERS).writes(RATIO).by(o -> 1.0)))),
                refused(
                        "a mapping of a dataset that the pipeline does not have",
                        p -> p.runs(() -> Pipeline.of(p.node("one"))
                                .withNamespace("eu", DatasetMapping.none().input("ordres")))),
                refused(
                        "a namespace that cannot be one",
                        p -> p.runs(() -> Pipeline.of(p.node("one")).withNamespace("e u"))));
    }

    private static List<Case> types() {
        return List.of(
                refused(
                        "one dataset as two types",
                        p -> p.runs(() -> Pipeline.of(
                                p.node("one"),
                                Node.named("two")
                                        .reads(DatasetRef.of("clean", String.class))
                                        .writes(TOTALS)
                                        .by(o -> Map.of())))),
                refused(
                        "a type that a format cannot hold",
                        p -> p.runs(() -> Pipeline.of(Node.named("n")
                                .reads(ORDERS)
                                .writes(DatasetRef.of("clean", Order.class))
                                .by(orders -> orders.get(0))))),
                refused(
                        "rows of a format that has none",
                        p -> p.runs(() -> Pipeline.of(Node.named("n")
                                .reads(ORDERS)
                                .writes(DatasetRef.rowsOf("totals", Order.class))
                                .by(dev.contraflow.Rows::of)))),
                refused(
                        "a view without an entry",
                        p -> p.runs(() -> Pipeline.of(Node.named("n")
                                .reads(ORDERS)
                                .writes(DatasetRef.listOf("clean@rows", Order.class))
                                .by(p::begins)))),
                refused(
                        "a value of another class",
                        p -> p.asksOf(project -> RunRequest.of(
                                Pipeline.of(p.node("one")),
                                DataCatalog.builder()
                                        .value(raw("orders"), "no list")
                                        .build()))),
                refused(
                        "a value that the run is to write",
                        p -> p.asksOf(project -> RunRequest.of(
                                        Pipeline.of(p.node("one")),
                                        DataCatalog.builder()
                                                .value(ORDERS, List.of())
                                                .value(CLEAN, List.of())
                                                .build())
                                .withIo("plain"))));
    }

    /** A ref whose type its user has cheated on. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static DatasetRef<Object> raw(String name) {
        return (DatasetRef) DatasetRef.listOf(name, Order.class);
    }

    private static List<Case> requests() {
        return List.of(
                kedro(
                        20,
                        "a node that is misspelt",
                        p -> p.asks(r -> r.filtered(PipelineFilter.all().named("clean_order")))),
                kedro(
                        21,
                        "a tag that no node has",
                        p -> p.asks(r -> r.filtered(PipelineFilter.all().tagged("zzz")))),
                kedro(
                        22,
                        "a pipeline that is misspelt",
                        p -> p.asksOf(project -> RunRequest.of(project, "mian", "local"))),
                kedro(
                        24,
                        "an environment that does not exist",
                        p -> p.asksOf(project -> RunRequest.of(project, "main", "prod"))),
                refused(
                        "an environment that is no name",
                        p -> p.asksOf(project -> RunRequest.of(project, "main", "../secrets"))),
                kedro(25, "parameters without a value", p -> p.asks(r -> r.withParameters("a"))),
                refused("parameters of which a bracket is open", p -> p.asks(r -> r.withParameters("a=[1, 2"))),
                new Case(
                        "parameters of the run that are misspelt",
                        0,
                        Seen.WARNED,
                        p -> p.append(CATALOG, "  metadata: {day: \"${runtime_params:day, latest}\"}\n")
                                .asks(r -> r.withParameters("raito=0.5,dya=monday,model={depht: 3}"))),
                refused("a parameter of the run of another type", p -> p.asks(r -> r.withParameters("ratio=high"))),
                kedro(
                        26,
                        "an option of the run that is misspelt",
                        p -> p.asks(r -> r.withRunOptions(ConfigSection.of("run", Map.of("on_failur", "STOP"))))),
                kedro(
                        28,
                        "a run outside of a project",
                        p -> p.asksOf(project -> RunRequest.of(
                                project,
                                List.of("main"),
                                ConfigSource.of(p.root().resolve("elsewhere")).withEnvironment("local")))),
                refused(
                        "a project that is searched for and not there",
                        p -> p.asksOf(project -> RunRequest.of(
                                project,
                                List.of("main"),
                                ConfigSource.of(p.root().resolve("data"))
                                        .withFolder(java.nio.file.Path.of("config"))
                                        .lookingUpwards()))),
                refused("an I/O manager that is misspelt", p -> p.asks(r -> r.withIo("te"))),
                refused("a plugin to leave out that is misspelt", p -> p.asks(r -> r.withoutPlugins("teee"))),
                refused(
                        "a run to resume that never was",
                        p -> p.asks(r -> r.resume(new RunId("2024-02-01T00.00.00.000Z-abcdef")))),
                refused("nothing to resume", p -> p.asks(RunRequest::resume)));
    }

    private static List<Case> runOptions() {
        return List.of(
                refused("an I/O manager of the configuration that is misspelt", p -> p.write(RUN, "io: te\n")),
                refused("two plugins and no choice", p -> p.write(RUN, "on_failure: stop\n"))
                        .nowhere(),
                refused("a misspelt 'io' beside two plugins and no choice", p -> p.write(RUN, "oi: tee\n")),
                refused(
                        "a misspelt key, though the run chooses its io",
                        p -> p.write(RUN, "oi: tee\n").asks(r -> r.withIo("plain"))),
                refused(
                        "an I/O manager that is misspelt, though the run chooses another",
                        p -> p.write(RUN, "io: te\n").asks(r -> r.withIo("plain"))),
                refused("an option of the tee", p -> p.write(RUN, "io: tee\ntee: {memroy: 1GiB}\n")),
                refused(
                        "an option of the tee, though the run is plain",
                        p -> p.write(RUN, "io: plain\ntee: {memroy: 1GiB}\n")),
                refused(
                        "an option of an SDK's manager that is not chosen",
                        p -> p.write(RUN, "io: plain\nasync: {transfer: 3}\n")),
                refused("a size without a unit that exists", p -> p.write(RUN, "io: tee\ntee: {memory: 1 gigabyte}\n")),
                refused("a policy that does not exist", p -> p.append(RUN, "on_failure: go_on\n")),
                refused("attempts that are none", p -> p.append(RUN, "retry: {attempts: 0}\n")),
                refused("a key of the retries that is misspelt", p -> p.append(RUN, "retry: {attempt: 3}\n")),
                refused(
                        "a longest delay that is shorter than the first",
                        p -> p.append(RUN, "retry: {attempts: 3, first_delay: 2s, longest_delay: 1s}\n")),
                refused("a time limit that is no duration", p -> p.append(RUN, "time_limit: soon\n")),
                refused("a plugin to disable that is misspelt", p -> p.append(RUN, "disabled_plugins: [teee]\n")),
                refused(
                        "a place for records that nothing serves",
                        p -> p.append(RUN, "state: {location: \"gs://bucket/state\"}\n")),
                refused(
                        "a key of the place for records that is misspelt",
                        p -> p.append(RUN, "state: {locaton: \"s3://bucket/state\"}\n")));
    }

    private static List<Case> whileRunning() {
        DatasetRef<List<String>> names = DatasetRef.listOf("names", String.class);
        return List.of(
                fails(
                        15,
                        "a value of another class than the ref says",
                        p -> p.runs(() -> Pipeline.of(Node.named("sum_up")
                                .reads(ORDERS)
                                .writes(raw("clean"))
                                .by(orders -> "no list")))),
                fails(
                        16,
                        "a function that throws",
                        p -> p.runs(() -> Pipeline.of(Node.named("sum_up")
                                .reads(ORDERS)
                                .writes(TOTALS)
                                .by(o -> {
                                    throw new IllegalStateException("boom in user code");
                                })))),
                fails(
                        0,
                        "a function that throws what has an empty first line",
                        p -> p.runs(() -> Pipeline.of(Node.named("sum_up")
                                .reads(ORDERS)
                                .writes(TOTALS)
                                .by(o -> {
                                    throw new AssertionError("\nexpected two orders\nbut found one");
                                })))),
                fails(
                        17,
                        "a function that returns null",
                        p -> p.runs(() -> Pipeline.of(Node.named("sum_up")
                                .reads(ORDERS)
                                .writes(TOTALS)
                                .by(o -> nothing())))),
                fails(
                        18,
                        "two values for three outputs",
                        p -> p.runs(() -> Pipeline.of(Node.named("split")
                                .reads(ORDERS)
                                .writesList(List.of(
                                        names,
                                        DatasetRef.listOf("x", String.class),
                                        DatasetRef.listOf("y", String.class)))
                                .by(o -> List.of(List.of("a"), List.of("b")))))),
                fails(0, "a row that does not fit", p -> p.write("data/orders.csv", "id,price\na,1.5\nb,cheap\n")),
                fails(0, "a column that is missing", p -> p.write("data/orders.csv", "id,prize\na,1.5\n")),
                fails(
                        0,
                        "a folder that is a file",
                        p -> p.write("data/blocked", "").replace(CATALOG, "data/clean.csv", "data/blocked/clean.csv")),
                fails(
                        34,
                        "an S3 endpoint that does not answer",
                        p -> p.append(STORAGES, "  attempts: 1\n")
                                .replace(CATALOG, "data/clean.csv", "s3://bucket/clean.csv\n  credentials: mine")));
    }

    @SuppressWarnings("NullAway") // the mistake
    private static Map<String, Double> nothing() {
        return null;
    }

    private static List<Case> several() {
        return List.of(
                refused(
                        "several mistakes in one catalog",
                        p -> p.replace(CATALOG, "type: json", "type: jsno")
                                .replace(CATALOG, "filepath: data/clean", "filpath: data/clean")
                                .append(CATALOG, "  credentials: mines\nraw: 7\n")),
                refused(
                        "more mistakes than fit",
                        p -> p.append(
                                CATALOG,
                                IntStream.range(0, 20)
                                        .mapToObj(i -> "d" + i + ": {type: cvs, filepath: d.csv}\n")
                                        .collect(Collectors.joining()))),
                refused(
                        "mistakes in two files",
                        p -> p.append(CATALOG, "  colour: blue\n").replace(PARAMETERS, "kind: tree", "kind: ${tree}")),
                refused(
                        "several mistakes in run.yml",
                        p -> p.write(RUN, "oi: tee\non_failure: go_on\ntime_limit: soon\n")),
                refused(
                        "several mistakes in one section of run.yml",
                        p -> p.write(
                                RUN,
                                "io: tee\ntee:\n  memroy: 1GiB\n  transfers: 0\n  wait_limit: 0s\n  spool: 1 gigabyte\n")),
                refused(
                        "mistakes in several sections of run.yml",
                        p -> p.write(
                                RUN,
                                "io: tee\ndisabled_plugins: [cahce]\ntee: {prefetch: some}\nasync: {transfer: 3}\n"
                                        + "state: {locaton: \"s3://bucket/state\"}\nretry: {attempts: 0}\n")),
                refused(
                        "several mistakes in the retries",
                        p -> p.append(
                                RUN,
                                "retry:\n  attempts: 0\n  first_delay: soon\n  longest_delay: 1ms\n  datasets:\n"
                                        + "    clean: {attempts: many}\n    totals: {first_delay: 2s, longest_delay: 1s}\n")),
                refused(
                        "retries of two datasets that are misspelt",
                        p -> p.append(
                                RUN, "retry:\n  datasets:\n    claen: {attempts: 2}\n    totls: {attempts: 2}\n")),
                refused(
                        "several mistakes in what the run chooses itself",
                        p -> p.write(RUN, "io: te\non_failure: go_on\n")
                                .asks(r -> r.withIo("tea")
                                        .withoutPlugins("chache", "teee")
                                        .withRunOptions(ConfigSection.of("run", Map.of("time_limit", "soon"))))),
                refused(
                        "several mistakes in the options of a storage",
                        p -> p.append(STORAGES, "  attempts: 0\n  part_size: 1MiB\n  conections: 8\n")),
                refused(
                        "mistakes in all of a pipeline's datasets",
                        p -> p.runs(() -> Pipeline.of(Arrays.asList(
                                Node.named("a")
                                        .reads(DatasetRef.of("ordrs", String.class))
                                        .writes(DatasetRef.of("clean", Order.class))
                                        .by(o -> new Order(o, 1)),
                                Node.named("b")
                                        .reads(DatasetRef.parameter("ratoi", Double.class))
                                        .writes(TOTALS)
                                        .by(o -> Map.of()))))));
    }
}
