package dev.contraflow.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.spi.ConfigResolver;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References that a project resolves itself, and how mistakes in references are reported together. */
class ReferencesTest {
    @TempDir
    Path root;

    /** Answers with its arguments, or as it is told. */
    private record Echo(String name, List<List<ConfigValue>> asked) implements ConfigResolver {
        Echo(String name) {
            this(name, new ArrayList<>());
        }

        @Override
        public @Nullable Object resolve(List<ConfigValue> arguments) throws IOException {
            asked.add(arguments);
            List<String> texts =
                    arguments.stream().map(a -> String.valueOf(a.plain())).toList();
            if (texts.contains("io")) {
                throw new IOException("the vault is sealed: hunter2");
            }
            return texts.contains("bad") ? new StringBuilder() : name + texts;
        }
    }

    private Config load(ConfigResolver... resolvers) {
        ConfigSource source = ConfigSource.of(root).withEnvironment("base");
        for (ConfigResolver resolver : resolvers) {
            source = source.withResolver(resolver);
        }
        return Config.load(source);
    }

    @Test
    void asksTheProjectsOwnResolvers() {
        write("parameters.yml", "a: '${my.echo:x y, 1, [2, null], {k: ${b}}, \"q, r\"}'\nb: 5\nc: '-${my.echo:}'\n");
        Echo echo = new Echo("my.echo");
        assertThat(load(echo).parameters().plain())
                .isEqualTo(Map.of("a", "my.echo[x y, 1, [2, null], {k=5}, q, r]", "b", 5L, "c", "-my.echo[]"));
        assertThat(echo.asked().get(0).get(1))
                .isEqualTo(new ConfigValue(1L, new SourcePosition("conf/base/parameters.yml", 1, 1)));
    }

    @Test
    void prefersAResolverGivenByHandToOneThatWasFound() {
        write("parameters.yml", "a: '${one:}'\nb: '${two:}'\n");
        Providers found = Providers.builder()
                .resolver(new Echo("one"))
                .resolver(new Echo("two"))
                .build();
        ConfigResolver byHand = new ConfigResolver() {
            @Override
            public String name() {
                return "one";
            }

            @Override
            public Object resolve(List<ConfigValue> arguments) {
                return List.of(1, Map.of("x", true));
            }
        };
        ConfigSource source = ConfigSource.of(root)
                .withEnvironment("base")
                .withResolver(byHand)
                .withProviders(found);
        assertThat(Config.load(source).parameters().plain())
                .isEqualTo(Map.of("a", List.of(1L, Map.of("x", true)), "b", "two[]"));
        assertThat(found.resolverNames()).containsExactly("one", "two");
    }

    /** As a library would bring it. */
    public static final class Found implements ConfigResolver {
        @Override
        public String name() {
            return "found";
        }

        @Override
        public Object resolve(List<ConfigValue> arguments) {
            return 7;
        }
    }

    @Test
    void findsResolversByTheServiceLoader() throws IOException {
        Path services = Files.createDirectories(root.resolve("jar/META-INF/services"));
        Files.writeString(services.resolve(ConfigResolver.class.getName()), Found.class.getName());
        write("parameters.yml", "a: '${found:}'\n");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {root.resolve("jar").toUri().toURL()}, Found.class.getClassLoader())) {
            thread.setContextClassLoader(loader);
            ConfigSource source = ConfigSource.of(root).withEnvironment("base").withProviders(Providers.discover());
            assertThat(Config.load(source).parameters().plain()).isEqualTo(Map.of("a", 7L));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void refusesNamesThatNoReferenceCanHave() {
        assertThatThrownBy(() -> load(new Echo("oc.env")))
                .isInstanceOf(CatalogException.class)
                .hasMessage("A resolver cannot be called 'oc.env': the built-in one is. Rename it.");
        assertThatThrownBy(() -> Providers.builder().resolver(new Echo("1st")))
                .hasMessage(
                        "A resolver cannot be called '1st': use letters, digits and '_', with dots between the parts,"
                                + " no part beginning with a digit.");
        assertThatThrownBy(() -> Providers.builder().resolver(new Echo("x")).resolver(new Echo("x")))
                .hasMessageStartingWith("Two providers for the resolver 'x': ");
    }

    @Test
    void namesTheResolverThatFailed() {
        write("parameters.yml", "a: '${echo:io}'\nb: '${echo:bad}'\nc: '${ecko:x}'\n");
        assertThatThrownBy(() -> load(new Echo("echo")))
                .isInstanceOf(CatalogException.class)
                .hasMessage("conf/base/parameters.yml:1:1: the resolver 'echo' failed: the vault is sealed: hunter2.\n"
                        + "conf/base/parameters.yml:2:1: the resolver 'echo' failed: A configuration"
                        + " cannot hold a java.lang.StringBuilder.\n"
                        + "conf/base/parameters.yml:3:1: unknown resolver 'ecko'. Did you mean 'echo'? Known resolvers: echo,"
                        + " env, globals, oc.create, oc.decode, oc.dict.keys, oc.dict.values, oc.env, oc.select, runtime_params."
                        + " Write '\\${' for the two characters themselves.");
    }

    @Test
    void saysOfAResolverInCredentialsOnlyThatItFailed() {
        write("credentials.yml", "a: '${echo:io}'\n");
        assertThatThrownBy(() -> load(new Echo("echo")))
                .hasMessage("conf/base/credentials.yml:1:1: the resolver 'echo' failed (java.io.IOException).")
                .hasNoCause();
    }

    @Test
    void reportsTheMistakesOfAllFilesAtOnce() {
        write("globals.yml", "g: 1\n");
        write("catalog.yml", "a: '${_x}'\nb: 1\nb: 2\n");
        write("catalog_more.yml", "a: 1\n");
        write("parameters.yml", "p: [\n");
        write("parameters_more.yml", "q: ${nope}\n");
        write("credentials.yml", "k: ${env:NO}\nl: ${globals:gg}\n");
        write("run.json", "{\"io\": tee}");
        assertThatThrownBy(() -> Config.load(
                        ConfigSource.of(root).withEnvironment("base").withVariables(Map.of())))
                .isInstanceOfSatisfying(CatalogException.class, e -> {
                    assertThat(e.problems())
                            .extracting(problem -> String.valueOf(problem.position()))
                            .containsExactly(
                                    "conf/base/catalog.yml:3:1",
                                    "conf/base/catalog_more.yml:1:1",
                                    "conf/base/catalog.yml:1:1",
                                    "conf/base/parameters.yml:2:1",
                                    "conf/base/credentials.yml:1:1",
                                    "conf/base/credentials.yml:2:1",
                                    "conf/base/run.json:1:8");
                    assertThat(e.problems().get(0).message())
                            .isEqualTo("key 'b' is already set at line 2. Keep one of them.");
                    assertThat(e.getMessage().lines()).hasSize(6).last().isEqualTo("and 2 more");
                });
    }

    @Test
    void doesNotCallReferencesToUnreadableGlobalsWrong() {
        write("globals.yml", "g: [\n");
        write("parameters.yml", "p: ${globals:g}\n");
        write("catalog.yml", "a: [\n");
        assertThatThrownBy(this::load)
                .isInstanceOfSatisfying(
                        CatalogException.class,
                        e -> assertThat(e.problems())
                                .extracting(problem -> Objects.requireNonNull(problem.position())
                                        .file())
                                .containsExactly("conf/base/globals.yml", "conf/base/catalog.yml"));
    }

    @Test
    void reportsACircleOnce() {
        write("parameters.yml", "a: ${b}\nb: x${c}\nc: {d: '${a}'}\ne: ${c}\nself: ${.self}\n");
        assertThatThrownBy(this::load)
                .hasMessage(
                        "conf/base/parameters.yml:1:1: references in a circle: b -> c -> a -> b."
                                + " Give one of them a value.\n"
                                + "conf/base/parameters.yml:5:1: references in a circle: self -> self. Give one of them a value.");
    }

    @Test
    void referencesInCredentialsReachWithinTheirFile() {
        write("credentials_a.yml", "a: {x: '${_shared}', y: '${_own.z}'}\n_own: {z: 1}\n");
        write("credentials_b.yml", "_shared: 1\n");
        assertThatThrownBy(this::load)
                .hasMessage("conf/base/credentials_a.yml:1:5: no value for '_shared' in this file. It stands at"
                        + " conf/base/credentials_b.yml:1:1, but references in credentials reach within one file only."
                        + " Repeat it here, or make it a global.");
    }

    @Test
    void whatIsResolvedIsNoReferenceAnyMore() {
        write("globals.yml", "g: \\${x}\n");
        write(
                "parameters.yml",
                "a: ${globals:g}\nb: ${a}\nc: {d: '${a}'}\ne: ${f.d}\nf: ${c}\ng: {h: '\\${x}'}\ni: ${g}\nj: ${i.h}\n");
        Map<String, Object> d = Map.of("d", "${x}");
        Map<String, Object> h = Map.of("h", "${x}");
        assertThat(load().parameters().plain())
                .isEqualTo(Map.of("a", "${x}", "b", "${x}", "c", d, "e", "${x}", "f", d, "g", h, "i", h, "j", "${x}"));
    }

    private void write(String file, String text) {
        try {
            Path path = root.resolve("conf/base").resolve(file);
            Files.createDirectories(Objects.requireNonNull(path.getParent()));
            Files.writeString(path, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
