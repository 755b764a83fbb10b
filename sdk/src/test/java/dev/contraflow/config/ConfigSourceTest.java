package dev.contraflow.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigSourceTest {
    @TempDir
    Path root;

    @Test
    void theEnvironmentIsTheChosenOneOrThatOfTheVariableOrTheDefault() {
        ConfigSource source = ConfigSource.of(root).withVariables(Map.of());
        assertThat(source.environment()).isEqualTo("local");
        assertThat(source.withDefaultEnvironment("dev").environment()).isEqualTo("dev");
        ConfigSource inProd = source.withVariables(Map.of("CONTRAFLOW_ENV", "prod"));
        assertThat(inProd.withDefaultEnvironment("dev").environment()).isEqualTo("prod");
        assertThat(inProd.withEnvironment("test").environment()).isEqualTo("test");
        assertThat(source.withVariables(Map.of("CONTRAFLOW_ENV", "")).environment())
                .isEqualTo("local");
        assertThatThrownBy(() ->
                        source.withVariables(Map.of("CONTRAFLOW_ENV", "../x")).environment())
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "'../x' cannot be an environment: use letters, digits, '_', '-', '.', and '/' between folders.");
    }

    @Test
    void foldersAndEnvironmentsMayBeCalledOtherwise() {
        write("settings/common/parameters.yml", "a: 1\nb: 1\n");
        write("settings/dev/parameters.yml", "b: x y: z\n");
        ConfigSource source = ConfigSource.of(root)
                .withVariables(Map.of())
                .withFolder(Path.of("settings"))
                .withBase("common")
                .withDefaultEnvironment("dev");
        assertThat(source.folder()).isEqualTo(root.resolve("settings"));
        assertThat(source.base()).isEqualTo("common");
        assertThatThrownBy(() -> Config.load(source))
                .hasMessageStartingWith("settings/dev/parameters.yml:1:7: this is not valid YAML: ");
        write("settings/dev/parameters.yml", "b: 2\n");
        assertThat(Config.load(source).parameters().plain()).isEqualTo(Map.of("a", 1L, "b", 2L));
        assertThat(Config.load(source).root()).isEqualTo(root);
        ConfigSource elsewhere = ConfigSource.of(root.resolve("x"))
                .withFolder(root.resolve("settings"))
                .withBase("common")
                .withEnvironment("common");
        assertThat(Config.load(elsewhere).parameters().plain()).isEqualTo(Map.of("a", 1L, "b", 1L));
    }

    @Test
    void findsTheProjectFromAnyOfItsFolders() throws IOException {
        Path deep = Files.createDirectories(root.resolve("src/main/java"));
        write("conf/base/parameters.yml", "a: 1\n");
        write("src/conf/other/parameters.yml", "a: 2\n");
        ConfigSource source = ConfigSource.of(deep).withEnvironment("base");
        assertThat(source.lookingUpwards().root()).isEqualTo(root);
        assertThat(source.lookingUpwards().environment()).isEqualTo("base");
        assertThat(ConfigSource.of(root).lookingUpwards().root()).isEqualTo(root);
        assertThatThrownBy(() -> source.withBase("no").lookingUpwards())
                .isInstanceOf(CatalogException.class)
                .hasMessage("No folder conf/no in '" + deep + "' or in any folder above it."
                        + " Go to a folder of the project, or name the project's root folder.");
    }

    @Test
    void readsFilesByPatternsInSubfoldersButNoHiddenOnes() {
        for (String file : List.of(
                "catalog.yml",
                "catalog_x.yaml",
                "catalog/a/b/c.json",
                "deep/er/catalog_d.yml",
                ".catalog.yml",
                ".hidden/catalog.yml",
                "catalog/.e.yml",
                "sub/catalog/f.yml",
                "my_catalog.yml",
                "Catalog.yml",
                "catalog.YML",
                "catalog.txt",
                "catalog")) {
            String name = file.replaceAll("\\W", "_");
            write("conf/base/" + (file.equals("catalog") ? "x/catalog" : file), "{\"" + name + "\": 1}");
        }
        assertThat(Config.read(ConfigSource.of(root).withEnvironment("base"), "catalog")
                        .plain())
                .containsOnlyKeys("catalog_yml", "catalog_x_yaml", "catalog_a_b_c_json", "deep_er_catalog_d_yml");
    }

    @Test
    void followsLinksAndRefusesThoseThatGoInACircle() throws IOException {
        write("elsewhere/catalog.yml", "a: 1\n");
        Files.createDirectories(root.resolve("conf/base"));
        Files.createSymbolicLink(root.resolve("conf/base/linked"), root.resolve("elsewhere"));
        ConfigSource source = ConfigSource.of(root).withEnvironment("base");
        assertThat(Config.read(source, "catalog").plain()).isEqualTo(Map.of("a", 1L));
        Files.createSymbolicLink(root.resolve("conf/base/circle"), root.resolve("conf"));
        assertThatThrownBy(() -> Config.read(source, "catalog"))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("Cannot list the folder '" + root.resolve("conf/base"));
    }

    @Test
    void kindsOfOnesOwnAreReadLikeTheOthers() {
        write("conf/base/spark.yml", "a: ${_c}\n_c: 3\n");
        write("conf/local/spark/x.yml", "b: 2\n");
        write("conf/base/parameters.yml", "p: 1\n");
        ConfigSource source = ConfigSource.of(root).withVariables(Map.of()).withPatterns("spark", "spark*", "spark/**");
        assertThat(Config.read(source, "spark").plain()).isEqualTo(Map.of("a", 3L, "b", 2L));
        Config config = Config.load(source.withPatterns("nothing", "nothing*"));
        assertThat(config.section("spark").plain()).isEqualTo(Map.of("a", 3L, "b", 2L));
        assertThat(config.section("nothing").isEmpty()).isTrue();
        assertThat(config.section("parameters").plain()).isEqualTo(Map.of("p", 1L));
        assertThatThrownBy(() -> config.section("sprak"))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith(
                        "There is no kind of configuration files 'sprak'. Did you mean 'spark'? Known: ");
    }

    @Test
    void patternsMayBeReplaced() {
        write("conf/base/parameters.yml", "a: 1\n");
        write("conf/base/params_x.yml", "b: 2\n");
        ConfigSource source = ConfigSource.of(root).withEnvironment("base").withPatterns("parameters", "params*");
        assertThat(Config.load(source).parameters().plain()).isEqualTo(Map.of("b", 2L));
    }

    @Test
    void aKindThatIsAskedForByItselfNeedsAFileUnlessItIsGlobals() {
        write("conf/base/parameters.yml", "a: 1\n");
        write("conf/local/x.yml", "a: 1\n");
        ConfigSource source = ConfigSource.of(root).withVariables(Map.of());
        assertThatThrownBy(() -> Config.read(source, "catalog"))
                .isInstanceOf(CatalogException.class)
                .hasMessage("No files for 'catalog' in 'conf/base' or 'conf/local'. They are found by: catalog*,"
                        + " catalog*/**, **/catalog* (.yml, .yaml, .json).");
        assertThat(Config.read(source, "globals").isEmpty()).isTrue();
        assertThatThrownBy(() -> Config.read(source, "spark"))
                .hasMessage("There is no kind of configuration files 'spark'. Known: catalog, parameters, credentials,"
                        + " storages, run, globals. Say by withPatterns(..) which files another kind has.");
    }

    @Test
    void environmentsMergeSoftlyWhereTheyAreTold() {
        write("conf/base/parameters.yml", "m: {a: 1, b: {c: 1, d: 1}, l: [1, 2]}\n");
        write("conf/local/parameters.yml", "m: {b: {d: 2}, l: [3], n: null}\n");
        ConfigSource soft =
                ConfigSource.of(root).withVariables(Map.of()).withMerge("parameters", MergeStrategy.named("soft"));
        assertThat(Config.load(soft).parameters().plain()).hasToString("{m={a=1, b={c=1, d=2}, l=[3], n=null}}");
        ConfigSource destructive = soft.withMerge("parameters", MergeStrategy.DESTRUCTIVE);
        assertThat(Config.load(destructive).parameters().plain()).hasToString("{m={b={d=2}, l=[3], n=null}}");
        write("conf/local/parameters.yml", "m: {l: {x: 1}}\n");
        assertThatThrownBy(() -> Config.load(soft))
                .hasMessage("conf/local/parameters.yml:1:5: 'l' is a list at conf/base/parameters.yml:1:28,"
                        + " and a map cannot take its place. Give it a list.");
        assertThatThrownBy(() -> Config.load(soft.withMerge("params", MergeStrategy.SOFT)))
                .hasMessageStartingWith("There is no kind of configuration files 'params'. Known: catalog, ");
        assertThatThrownBy(() -> MergeStrategy.named("sotf"))
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "There is no merge strategy 'sotf'. Did you mean 'soft'? Merge strategies: destructive, soft.");
    }

    @Test
    void parametersOfTheRunComeLastAndLeaveTheirSiblingsAlone() {
        write("conf/base/parameters.yml", "model: {depth: 1, seed: 2}\ncopy: ${model.depth}\nrate: 1\nl: [1]\n");
        write("conf/local/parameters.yml", "rate: 2\nother: ${rate}\n");
        ConfigSource source = ConfigSource.of(root)
                .withVariables(Map.of())
                .withRuntimeParameters("model.depth=5,x=${copy}${rate},rate=7,list=[a, b]")
                .withRuntimeParameter("y", "${not.a.reference} \\${");
        assertThat(Config.load(source).parameters().plain())
                .isEqualTo(Map.of(
                        "model",
                        Map.of("depth", 5L, "seed", 2L),
                        "copy",
                        5L,
                        "rate",
                        7L,
                        "l",
                        List.of(1L),
                        "other",
                        7L,
                        "x",
                        "57",
                        "list",
                        List.of("a", "b"),
                        "y",
                        "${not.a.reference} \\${"));
        assertThatThrownBy(() -> Config.load(source.withRuntimeParameters("l[0]=7")))
                .isInstanceOf(CatalogException.class)
                .hasMessage("(runtime parameter l[0]): 'l' is a list at conf/base/parameters.yml:4:1, and its items"
                        + " cannot be set one by one. Give the whole list: l=[1, 2].");
        assertThatThrownBy(() -> Config.load(source.withRuntimeParameters("x=${nope}")))
                .hasMessage("(runtime parameter x): no value for 'nope'."
                        + " A reference without resolver finds parameters of the same environment only.");
    }

    @Test
    void filesMayReferToParametersOfTheRun() {
        write(
                "conf/base/catalog.yml",
                "a: {filepath: '${runtime_params:day}/${runtime_params:n.m, 2}', x: '${runtime_params:all}'}\n");
        ConfigSource source = ConfigSource.of(root)
                .withEnvironment("base")
                .withRuntimeParameters("day=mon,all={d: '${day}', e: '${runtime_params:day}'}");
        assertThat(Config.load(source).catalog().plain())
                .isEqualTo(Map.of("a", Map.of("filepath", "mon/2", "x", Map.of("d", "mon", "e", "mon"))));
    }

    @Test
    void neverPrintsVariablesOrParameters() {
        ConfigSource source =
                ConfigSource.of(root).withVariables(Map.of("S", "hunter2")).withRuntimeParameter("p", "hunter2");
        assertThat(source).hasToString(root + " in environment local");
    }

    private void write(String file, String text) {
        try {
            Path path = root.resolve(file);
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
