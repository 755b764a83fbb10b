package dev.contraflow.internal.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The commit that a project's folder stands at, read from git's own files (gitrepository-layout(5)); for the record of a run. */
final class GitHead {
    private GitHead() {}

    /** The commit's id; empty if the folder is in no repository, or it cannot be read. */
    static Optional<String> of(Path folder) {
        try {
            for (Path at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
                Path git = at.resolve(".git");
                if (Files.isDirectory(git)) {
                    return commit(git, git);
                }
                if (Files.isRegularFile(git)) { // a worktree, or a submodule
                    Path own = at.resolve(
                            Files.readString(git).replaceFirst("^gitdir:", "").strip());
                    Path common = own.resolve("commondir");
                    return commit(
                            own,
                            Files.exists(common)
                                    ? own.resolve(Files.readString(common).strip())
                                    : own);
                }
            }
        } catch (IOException | RuntimeException e) { // it is only a remark in the record
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<String> commit(Path own, Path common) throws IOException {
        String head = Files.readString(own.resolve("HEAD")).strip();
        if (!head.startsWith("ref: ")) {
            return Optional.of(head);
        }
        String ref = head.substring(5).strip();
        Path loose = common.resolve(ref);
        if (Files.exists(loose)) {
            return Optional.of(Files.readString(loose).strip());
        }
        Path packed = common.resolve("packed-refs");
        if (!Files.exists(packed)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(packed)) {
            return lines.filter(line -> line.endsWith(" " + ref))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .findFirst();
        }
    }
}
