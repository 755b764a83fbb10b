package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.internal.Reason;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files below the folders of environments: those that end in {@code .yml}, {@code .yaml} or {@code .json}, but none that is hidden or
 * stands in a hidden folder. Links are followed. Each environment is listed once; used by one thread.
 */
final class ConfigFiles {
    private static final int DEEPEST = 32;

    private final Path conf;
    private final Map<String, List<String>> listed = new HashMap<>();

    ConfigFiles(Path conf) {
        this.conf = conf;
    }

    /** The files of one kind in one environment, by their paths below its folder, sorted. */
    List<String> of(ConfigKind kind, String environment) {
        return listed.computeIfAbsent(environment, this::list).stream()
                .filter(kind::readsFile)
                .toList();
    }

    /** The folders that could be environments. */
    List<String> environments() {
        try (Stream<Path> folders = Files.list(conf)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> String.valueOf(folder.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of(); // only to be named in a message about something else
        }
    }

    private List<String> list(String environment) {
        Path folder = conf.resolve(environment);
        List<String> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path at, BasicFileAttributes attributes) {
                    boolean isHidden = !at.equals(folder) && isHidden(at);
                    return isHidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path at, BasicFileAttributes attributes) {
                    String path = folder.relativize(at).toString().replace('\\', '/');
                    if (attributes.isRegularFile() && !isHidden(at) && path.matches(".*\\.(yml|yaml|json)")) {
                        found.add(path);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new CatalogException("Cannot list the folder '" + folder + "': " + Reason.of(e) + ".", e);
        }
        return found.stream().sorted().toList();
    }

    private static boolean isHidden(Path at) {
        return String.valueOf(at.getFileName()).startsWith(".");
    }
}
