package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The test classes of the project, for documents that name some: {@code XTest} or {@code XTest#method}. */
record NamedTests(Map<String, List<Path>> classes) {
    static NamedTests below(Path root) {
        Map<String, List<Path>> classes = new HashMap<>();
        sources(root).stream()
                .filter(file -> !file.toString().contains("/src/main/")
                        || file.toString().contains("sdk-testkit")) // the contracts are tests too
                .forEach(file -> classes.computeIfAbsent(
                                String.valueOf(file.getFileName()).replace(".java", ""), name -> new ArrayList<>())
                        .add(file));
        return new NamedTests(classes);
    }

    /** The sources in Java below a folder; what is hidden or built is not among them, and may change meanwhile. */
    static List<Path> sources(Path root) {
        List<Path> sources = new ArrayList<>();
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    String name = String.valueOf(folder.getFileName());
                    boolean isOther = name.equals("target") || (name.startsWith(".") && !folder.equals(root));
                    return isOther ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (file.toString().endsWith(".java")) {
                        sources.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sources;
    }

    void assertIsThere(String name) {
        Matcher parts = Pattern.compile("(\\w+)(?:#(\\w+))?").matcher(name);
        assertThat(parts.matches()).as(name).isTrue();
        List<Path> files = classes.getOrDefault(Objects.requireNonNull(parts.group(1)), List.of());
        assertThat(files).as(name).isNotEmpty();
        String method = parts.group(2);
        String pattern = method == null
                ? "@Test|@TestFactory|@ParameterizedTest| extends \\w+(Contract|Test)\\b"
                : "@(Test|TestFactory|ParameterizedTest)\\b[^;{}]*(?:\\{[^;]*})?[^;{}]*\\b" + method + "\\(";
        assertThat(files).as(name).anySatisfy(file -> assertThat(file).content().containsPattern(pattern));
    }
}
