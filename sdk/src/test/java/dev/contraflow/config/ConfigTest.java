package dev.contraflow.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
    @TempDir
    Path root;

    @Test
    void readsEveryKindFromBase() {
        write("base/catalog.yml", "a: {type: csv}\n");
        write("base/catalog_more.yaml", "b: {type: csv}\n");
        write("base/parameters.yml", "p: 1\n");
        write("base/credentials.yml", "c: {key: k}\n");
        write("base/storages.yml", "s3: {region: eu}\n");
        write("base/run.yml", "io-manager: tee\n");
        write("base/logging.yml", "version: 1\n");
        write("base/.catalog.yml", "hidden: 1\n");
        Config config = Config.load(ConfigSource.of(root));
        assertThat(config.catalog().plain()).isEqualTo(Map.of("a", Map.of("type", "csv"), "b", Map.of("type", "csv")));
        assertThat(config.parameters().plain()).isEqualTo(Map.of("p", 1L));
        assertThat(config.credentials().plain()).isEqualTo(Map.of("c", Map.of("key", "k")));
        assertThat(config.storages().plain()).isEqualTo(Map.of("s3", Map.of("region", "eu")));
        assertThat(config.run().plain()).isEqualTo(Map.of("io-manager", "tee"));
        assertThat(config.root()).isEqualTo(root);
        assertThat(config.environment()).isEqualTo("local");
    }

    @Test
    void anEmptyConfigurationHasNothing() {
        assertThat(Config.empty().catalog().isEmpty()).isTrue();
        assertThat(Config.empty().parameters().isEmpty()).isTrue();
        assertThat(Config.empty().root()).isAbsolute();
    }

    @Test
    void theEnvironmentReplacesWholeTopLevelKeysOfBase() {
        write("base/parameters.yml", "model: {depth: 1, seed: 2}\nrate: 1\n");
        write("prod/parameters.yml", "model: {depth: 9}\nextra: x\n");
        write("local/parameters.yml", "rate: 5\n");
        assertThat(load("prod").parameters().plain())
                .isEqualTo(Map.of("model", Map.of("depth", 9L), "rate", 1L, "extra", "x"));
        assertThat(load("base").parameters().plain())
                .isEqualTo(Map.of("model", Map.of("depth", 1L, "seed", 2L), "rate", 1L));
    }

    @Test
    void runtimeParametersLeaveTheirSiblingsAlone() {
        write("base/parameters.yml", "model: {depth: 1, seed: 2, deep: {a: 1, b: 2}}\nempty:\n");
        write("prod/parameters.yml", "other: 1\n");
        Config config = Config.load(ConfigSource.of(root)
                .withEnvironment("prod")
                .withRuntimeParameter("model.depth", 5)
                .withRuntimeParameter("model.deep", Map.of("b", 3.5f))
                .withRuntimeParameter("empty.x", List.of("y"))
                .withRuntimeParameter("new", true));
        assertThat(config.parameters().plain())
                .isEqualTo(Map.of(
                        "model",
                        Map.of("depth", 5L, "seed", 2L, "deep", Map.of("a", 1L, "b", 3.5)),
                        "empty",
                        Map.of("x", List.of("y")),
                        "new",
                        true,
                        "other",
                        1L));
        assertThat(config.parameters().error("new", "is odd."))
                .hasMessage("(runtime parameter new): 'new' in 'parameters' is odd.");
    }

    @Test
    void aMapOfAProgramThatContainsItselfIsRefused() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("again", List.of(map));
        String problem = " is nested deeper than 64 levels, or is a map or list that contains itself. Make it flatter.";
        assertThatThrownBy(() -> ConfigSection.of("run", Map.of("tee", map)))
                .isInstanceOf(CatalogException.class)
                .hasMessage("(code): 'again'" + problem);
        assertThatThrownBy(() -> ConfigSource.of(root).withRuntimeParameter("model", map))
                .isInstanceOf(CatalogException.class)
                .hasMessage("(runtime parameter model): 'again'" + problem);
        Map<String, ConfigValue> values = new LinkedHashMap<>();
        ConfigValue value = new ConfigValue(values, SourcePosition.code());
        values.put("again", value);
        assertThat(value.plain()).as("it has its own copy").isEqualTo(Map.of());
    }

    @Test
    void runtimeParametersReplaceSingleValues() {
        write("base/parameters.yml", "model: 5\nrate: {a: 1}\nref: ${runtime_params:no, 1}\n");
        Config config = Config.load(ConfigSource.of(root)
                .withRuntimeParameter("model.depth", 5)
                .withRuntimeParameter("rate", 1)
                .withRuntimeParameter("no", null));
        Map<String, @Nullable Object> expected = new LinkedHashMap<>(Map.of("model", Map.of("depth", 5L), "rate", 1L));
        expected.put("ref", null);
        expected.put("no", null);
        assertThat(config.parameters().plain()).isEqualTo(expected);
    }

    @Test
    void aListAndAMapDoNotTakeEachOthersPlace() {
        write("base/parameters.yml", "x: 1\nmodel: [5]\n");
        assertThatThrownBy(() -> Config.load(ConfigSource.of(root).withRuntimeParameter("model.depth", 5)))
                .isInstanceOf(CatalogException.class)
                .hasMessage("(runtime parameter model.depth): 'model' is a list at conf/base/parameters.yml:2:1,"
                        + " and a map cannot take its place. Give it a list.");
        write("base/parameters.yml", "model: {depth: 1}\n");
        assertThatThrownBy(() -> Config.load(ConfigSource.of(root).withRuntimeParameter("model", List.of(5))))
                .hasMessage("(runtime parameter model): 'model' is a map at conf/base/parameters.yml:1:1,"
                        + " and a list cannot take its place. Give it a map.");
    }

    @Test
    void anEnvironmentMayBeAFolderInAFolder() {
        write("base/parameters.yml", "x: 1\n");
        write("team/a/parameters.yml", "x: 2\n");
        assertThat(load("team/a").parameters().plain()).isEqualTo(Map.of("x", 2L));
    }

    @Test
    void refusesRuntimeParametersThatNoConfigurationCanHold() {
        ConfigSource source = ConfigSource.of(root);
        assertThatThrownBy(() -> source.withRuntimeParameter("a..b", 1))
                .isInstanceOf(CatalogException.class)
                .hasMessage("The runtime parameter 'a..b' has an empty name. Write it as 'model.depth'.");
        assertThatThrownBy(() -> source.withRuntimeParameter("day", LocalDate.EPOCH))
                .isInstanceOf(CatalogException.class)
                .hasMessage("The runtime parameter 'day' has a value of class java.time.LocalDate."
                        + " Use texts, booleans, numbers, lists and maps.");
        assertThatThrownBy(() -> source.withEnvironment("../x"))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "'../x' cannot be an environment: use letters, digits, '_', '-', '.', and '/' between folders.");
    }

    @Test
    void aKeyInTwoFilesOfOneEnvironmentIsRefused() {
        write("base/catalog.yml", "a: {type: csv}\n");
        write("base/catalog_b.yml", "x: {type: csv}\na: {type: csv}\n");
        assertThatThrownBy(() -> load("base"))
                .isInstanceOf(CatalogException.class)
                .hasMessage("conf/base/catalog_b.yml:2:1: key 'a' is already set at conf/base/catalog.yml:1:1."
                        + " Keep one of them.");
    }

    @Test
    void filesOfParametersMayShareAMapButNotAParameter() {
        write("base/parameters.yml", "model:\n  depth: 1\n");
        write("base/parameters_b.yml", "model:\n  seed: 1\n");
        assertThat(load("base").parameters().plain()).isEqualTo(Map.of("model", Map.of("depth", 1L, "seed", 1L)));
        write("base/parameters_c.yml", "model:\n  seed: 2\n");
        assertThatThrownBy(() -> load("base"))
                .hasMessage("conf/base/parameters_c.yml:2:3: key 'model.seed' is already set at"
                        + " conf/base/parameters_b.yml:2:3. Keep one of them.");
    }

    @Test
    void keysWithAnUnderscoreOnlyHoldAnchorsExceptInParameters() {
        write("base/catalog.yml", "_csv: &csv {type: csv}\na: {<<: *csv, filepath: x}\n");
        write("base/parameters.yml", "_p: 1\n");
        assertThat(load("base").catalog().plain()).isEqualTo(Map.of("a", Map.of("type", "csv", "filepath", "x")));
        assertThat(load("base").parameters().plain()).isEqualTo(Map.of("_p", 1L));
    }

    @Test
    void namesTheFolderThatIsMissingAndWhatToDo() throws IOException {
        assertThatThrownBy(() -> Config.load(ConfigSource.of(root)))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "No folder conf/base in '" + root
                                + "'. Make it and put catalog.yml and parameters.yml into it, or name the project's root folder.");
        Files.createDirectories(root.resolve("conf/base"));
        Files.createDirectories(root.resolve("conf/prod"));
        assertThat(load("base").catalog().isEmpty()).isTrue();
        assertThatThrownBy(() -> load("prd"))
                .isInstanceOf(CatalogException.class)
                .hasMessage("No folder conf/prd for the environment 'prd' in '" + root
                        + "'. Did you mean 'prod'? Environments found: base, prod. Choose one of them, or make the"
                        + " folder; it may be empty (Git keeps it with a file .gitkeep).");
        assertThatThrownBy(() -> Config.load(ConfigSource.of(root).withVariables(Map.of())))
                .hasMessageStartingWith("No folder conf/local for the environment 'local' in ");
    }

    @Test
    void aFileMustHoldAMap() {
        write("base/parameters.yml", "- 1\n");
        assertThatThrownBy(() -> load("base"))
                .hasMessage("conf/base/parameters.yml:1:1: the file must hold a map of names, but holds a list.");
    }

    @Test
    void followsReferencesAndKeepsTheirTypes() {
        write("base/globals.yml", "root: s3://b\nn: 5\nl: [1, 2]\nnothing:\nall: {root: '${root}', n: '${n}'}\n");
        write("prod/globals.yml", "root: s3://prod\n");
        write("base/parameters.yml", """
                n: ${globals:n}
                l: ${ globals:l }
                path: ${globals:root}/raw/${globals:n}.csv
                nothing: ${globals:nothing, 5}
                in_text: x${globals:nothing}${t}
                t: true
                all: ${globals:all}
                local: ${l}
                deep: ${all.n}
                which: 'n'
                indirect: ${all.${which}}
                given: ${runtime_params:given, 1}
                text: ${runtime_params:text, "a, b"}
                list: '${runtime_params:list, [1, {a: b}]}'
                chained: ${runtime_params:x, ${globals:y, ${n}}}
                escaped: $${n} \\${n} \\\\${n} \\ $n 5$
                relative: {a: 1, b: '${.a}', c: {d: '${..a}', e: ['${...b}']}}
                item: ${l[1]}
                other_item: ${l.0}
                keys: '${oc.dict.keys:all}'
                values: '${oc.dict.values:all}'
                selected: '${oc.select:all.no, ${n}}'
                nothing_selected: '${oc.select:all.no}'
                decoded: "${oc.decode:'[1, {a: b}]'}"
                created: '${oc.create:{p: [1, null], q: ${n}}}'
                word: ${globals:no, on}
                empty_default: '${globals:no,}'
                open_list: ${globals:no, 1.50}
                """);
        Config config =
                Config.load(ConfigSource.of(root).withEnvironment("prod").withRuntimeParameter("given", "g"));
        Map<String, @Nullable Object> expected = new LinkedHashMap<>();
        expected.put("n", 5L);
        expected.put("l", List.of(1L, 2L));
        expected.put("path", "s3://prod/raw/5.csv");
        expected.put("nothing", null);
        expected.put("in_text", "xnulltrue");
        expected.put("t", true);
        expected.put("all", Map.of("root", "s3://b", "n", 5L));
        expected.put("local", List.of(1L, 2L));
        expected.put("deep", 5L);
        expected.put("which", "n");
        expected.put("indirect", 5L);
        expected.put("given", "g");
        expected.put("text", "a, b");
        expected.put("list", Arrays.asList(1L, Map.of("a", "b")));
        expected.put("chained", 5L);
        expected.put("escaped", "$5 ${n} \\5 \\ $n 5$");
        expected.put("relative", Map.of("a", 1L, "b", 1L, "c", Map.of("d", 1L, "e", List.of(1L))));
        expected.put("item", 2L);
        expected.put("other_item", 1L);
        expected.put("keys", List.of("root", "n"));
        expected.put("values", List.of("s3://b", 5L));
        expected.put("selected", 5L);
        expected.put("nothing_selected", null);
        expected.put("decoded", List.of(1L, Map.of("a", "b")));
        expected.put("created", Map.of("p", Arrays.asList(1L, null), "q", 5L));
        expected.put("word", "on");
        expected.put("empty_default", "");
        expected.put("open_list", 1.5);
        assertThat(config.parameters().plain()).isEqualTo(expected);
    }

    @Test
    void runtimeParametersAreValuesAndNotTemplates() {
        write("base/parameters.yml", "a: 1\n");
        Config config = Config.load(ConfigSource.of(root).withRuntimeParameter("b", "${a}"));
        assertThat(config.parameters().plain()).isEqualTo(Map.of("a", 1L, "b", "${a}"));
    }

    @Test
    void credentialsMayReferToEnvironmentVariables() {
        write(
                "base/credentials.yml",
                "s3: {key: '${env:KEY}', id: '${oc.env:ID}', n: '${env:N, 5}', z: '${env:Z, null}'}\n");
        Config config = Config.load(ConfigSource.of(root).withVariables(Map.of("KEY", "s3cret", "ID", "12")));
        Map<String, @Nullable Object> expected =
                new LinkedHashMap<String, @Nullable Object>(Map.of("key", "s3cret", "id", "12", "n", "5"));
        expected.put("z", null);
        assertThat(config.credentials().plain()).isEqualTo(Map.of("s3", expected));
    }

    @Test
    void neverPrintsWhatCredentialsHold() {
        for (String value : List.of(
                "'pa${hunter2}ss'",
                "'${hunter2:x}'",
                "'${env:NO}hunter2'",
                "'hunter2${'",
                "'${globals:no}hunter2'",
                "'hunter2${env:LIST}${globals:list}'",
                "'${env:X y, hunter2}'",
                "'${env:NO, \"hunter2}'")) {
            write("base/globals.yml", "list: [1]\n");
            write("base/credentials.yml", "db:\n  password: " + value + "\n");
            assertThatThrownBy(() -> Config.load(ConfigSource.of(root).withVariables(Map.of("LIST", "x"))))
                    .as(value)
                    .isInstanceOf(CatalogException.class)
                    .hasMessageStartingWith("conf/base/credentials.yml:2:3: ")
                    .hasNoCause()
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            ${globals:paths.rw}     | no value for 'globals:paths.rw'. Did you mean 'raw'? Set it in globals.yml, or write a default: ${globals:paths.rw, value}.
            ${globals:pats.raw}     | no value for 'globals:pats.raw'. Did you mean 'paths'? Set it in globals.yml, or write a default: ${globals:pats.raw, value}.
            ${globals:_x, 1}        | '_x' cannot be referred to: globals whose names begin with '_' are private to their file. Rename it.
            ${runtime_params:dy}    | no value for 'runtime_params:dy'. Did you mean 'day'? Give the run this parameter, or write a default: ${runtime_params:dy, value}.
            ${nowhere}              | no value for 'nowhere'. A reference without resolver finds parameters of the same environment only.
            ${global:x}             | unknown resolver 'global'. Did you mean 'globals'? Known resolvers: env, globals, oc.create, oc.decode, oc.dict.keys, oc.dict.values, oc.env, oc.select, runtime_params. Write '\\${' for the two characters themselves.
            ${env:HOME}             | '${env:HOME}' is allowed in credentials*.yml only: elsewhere a run would depend on the machine. Use ${runtime_params:...}, or an environment of the configuration.
            ${a.b                   | a '${' is not closed by '}'. Write '\\${' for the two characters themselves.
            ${}                     | a reference has no valid key. Write '${globals:a.b}' or '${globals:a.b, default}', and '\\${' for the two characters themselves.
            ${a b}                  | a reference has no valid key. Write '${globals:a.b}' or '${globals:a.b, default}', and '\\${' for the two characters themselves.
            ${.a}                   | no value for '.a'. It is looked for beside the value that holds the reference, with each further dot one map or list up.
            ${....a}                | no value for '....a'. It is looked for beside the value that holds the reference, with each further dot one map or list up.
            x${globals:paths}       | a map (from conf/base/globals.yml:1:1) cannot stand inside a text. Let the reference be the whole value.
            ${globals:x, [1}        | a '${' is not closed by '}'. Write '\\${' for the two characters themselves.
            ${globals:x, a, b}      | a reference with the resolver 'globals' takes a key and perhaps a default. Quote a default that holds a comma.
            ${globals:}             | a reference with the resolver 'globals' takes a key and perhaps a default. Quote a default that holds a comma.
            ${globals:a b}          | a reference with the resolver 'globals' has no valid key. Write '${globals:a.b}'.
            ${globals:x, "a}        | the arguments of a reference cannot be read. Write '${globals:a.b, default}', and quote a default that holds a comma, a brace or a quote.
            ${oc.create:a}          | 'oc.create' takes a map or a list, not a text.
            ${oc.dict.keys:p.x2}    | no value for 'p.x2'. Did you mean 'x'? A reference without resolver finds parameters of the same environment only.
            ${oc.dict.keys:globals} | no value for 'globals'. A reference without resolver finds parameters of the same environment only.
            ${oc.dict.keys:n}       | a reference with the resolver 'oc.dict.keys' does not lead to a map.
            ${oc.decode:"[1"}       | 'oc.decode' cannot read its text: a '${' is not closed by '}'. Write '\\${' for the two characters themselves.
            ${m}                    | a reference leads to '???' at conf/base/parameters.yml:3:1, which stands for a value that is still to be given. Give it.
            """)
    void refusesReferencesThatLeadNowhere(String reference, String message) {
        write("base/globals.yml", "paths: {raw: r}\n");
        write("base/parameters.yml", "p:\n  x: '" + reference + "'\nm: ???\nn: [1]\n");
        assertThatThrownBy(() -> Config.load(ConfigSource.of(root).withRuntimeParameter("day", 1)))
                .isInstanceOf(CatalogException.class)
                .hasMessage("conf/base/parameters.yml:2:3: " + message);
    }

    @Test
    void aVariableThatIsNotSetIsNamed() {
        write("base/credentials.yml", "s3: {key: '${env:KEY}'}\n");
        assertThatThrownBy(() -> Config.load(ConfigSource.of(root).withVariables(Map.of())))
                .hasMessage("conf/base/credentials.yml:1:6: the environment variable 'KEY' is not set."
                        + " Set it, or write a default: ${env:KEY, value}.");
    }

    @Test
    void globalsDependOnNothingElse() {
        write("base/globals.yml", "a: '${runtime_params:x, 1}'\n");
        assertThatThrownBy(() -> load("base"))
                .hasMessage("conf/base/globals.yml:1:1: globals cannot refer to runtime parameters."
                        + " Write '${runtime_params:x}' where the global is used.");
        write("base/globals.yml", "a: '${globals:b}'\nb: 1\n");
        assertThatThrownBy(() -> load("base"))
                .hasMessage("conf/base/globals.yml:1:1: globals cannot refer to 'globals:'."
                        + " Write '${b}' for a value of the same environment.");
    }

    @Test
    void showsTheCircleThatReferencesMake() {
        write("base/parameters.yml", "a: ${b}\nb: x${c}\nc: {d: '${a}'}\n");
        assertThatThrownBy(() -> load("base"))
                .hasMessage("conf/base/parameters.yml:1:1: references in a circle: b -> c -> a -> b."
                        + " Give one of them a value.");
    }

    @Test
    void boundsHowFarReferencesLead() {
        StringBuilder chain = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            chain.append("k%d: ${k%d}\n".formatted(i, i + 1));
        }
        write("base/parameters.yml", chain + "k30: 1\n");
        assertThatThrownBy(() -> load("base"))
                .hasMessageStartingWith("conf/base/parameters.yml:21:1: references lead on more than 20 times."
                        + " Refer to the last value of the chain.\n");
        write("base/parameters.yml", "a: '" + "${globals:x, ".repeat(50_000) + "1" + "}".repeat(50_000) + "'\n");
        assertThatThrownBy(() -> load("base"))
                .hasMessage("conf/base/parameters.yml:1:1: references within references go deeper than 32 levels."
                        + " Refer to fewer values at once.");
        write("base/parameters.yml", "a: '${globals:x, " + "[".repeat(50_000) + "}'\n");
        assertThatThrownBy(() -> load("base")).hasMessageContaining("the arguments of a reference cannot be read");
    }

    @Test
    void boundsWhatReferencesMultiply() {
        write("base/parameters.yml", bomb("'%s'", "${k%d}".repeat(10)));
        assertThatThrownBy(() -> load("base")).hasMessageContaining("more than 500000 values once");
        write("base/parameters.yml", bomb("['${k%2$d}', '${k%2$d}', '${k%2$d}', '${k%2$d}']", ""));
        assertThatThrownBy(() -> load("base")).hasMessageContaining("more than 500000 values once");
        write("base/globals.yml", "all: [" + "1, ".repeat(100_000) + "]\n");
        write(
                "base/parameters.yml",
                "a: '${globals:all}'\n"
                        + "b: ['${globals:all}', '${globals:all}', '${globals:all}', '${globals:all}']\n");
        assertThatThrownBy(() -> load("base")).hasMessageContaining("more than 500000 values once");
        write("base/globals.yml", "long: " + "x".repeat(100_000) + "\n");
        write("base/parameters.yml", "a: '" + "${globals:long}".repeat(100) + "'\n");
        assertThatThrownBy(() -> load("base"))
                .hasMessage("conf/base/parameters.yml:1:1: references put together texts of more than 8000000"
                        + " characters. Refer to fewer values.");
    }

    /** Eighteen values, each of which is made of several times the next one. */
    private static String bomb(String value, String references) {
        StringBuilder bomb = new StringBuilder();
        for (int i = 0; i < 18; i++) {
            String inner = references.replace("%d", String.valueOf(i + 1));
            bomb.append("k%d: %s\n".formatted(i, value.formatted(inner, i + 1)));
        }
        return bomb + "k18: x\n";
    }

    @Test
    void aReferenceInAnOverriddenEntryIsNotFollowed() {
        write("base/parameters.yml", "a: ${globals:only_here}\n_b: base\nc: ${_b}\n");
        write("prod/parameters.yml", "a: 1\n_b: prod\n");
        assertThat(load("prod").parameters().plain()).isEqualTo(Map.of("a", 1L, "_b", "prod", "c", "base"));
    }

    private Config load(String environment) {
        return Config.load(ConfigSource.of(root).withEnvironment(environment));
    }

    private void write(String file, String text) {
        try {
            Path path = root.resolve("conf").resolve(file);
            Files.createDirectories(root.resolve("conf/local")); // the default environment has to be there
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
