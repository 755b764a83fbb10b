package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.ContraflowException;
import dev.contraflow.it.BadInputs.Case;
import dev.contraflow.it.BadInputs.Seen;
import dev.contraflow.run.DryRun;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.run.RunRequest;
import dev.contraflow.runner.sequential.SequentialRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a user gets wrong is refused before the first node, with a message that says what, where and what to do. The mistakes stand in {@link
 * BadInputs}; all messages, word for word, in {@code src/test/resources/bad-input/messages.txt}. After a message has been changed on purpose,
 * {@code -Dcontraflow.bad-input.write=true} writes that file anew: read what has changed in it before it is committed.
 *
 * <p>Among the mistakes are those that were provoked in Kedro 1.7, numbered by their row in that list of 34. Not here are 19 (a function with
 * another number of arguments), which does not compile, 23 (a misspelt runner), as a runner is a Java class, 27 (a misspelt command), as there
 * is no command line, and 33 (a bucket that does not exist), which needs a server: {@link BadInputIT} has it.
 */
class BadInputTest {
    private static final Set<Integer> NOT_HERE = Set.of(19, 23, 27, 33);
    private static final int KEDRO_ROWS = 34;
    private static final Path FILE = Path.of("src/test/resources/bad-input/messages.txt");
    private static final boolean IS_WRITTEN = Boolean.getBoolean("contraflow.bad-input.write");
    private static final Pattern PLACE = Pattern.compile("conf/[\\w/.]+:\\d+:\\d+");
    private static final String HEADER = """
            What Contraflow says to mistakes: see BadInputTest, which compares this file and writes it anew. Each section begins with
            the mistake (and its row in the list of what Kedro prints) and with when it comes to light.
            """;

    private static final Map<String, String> MET = new LinkedHashMap<>();

    @TempDir
    Path root;

    private static Stream<Case> cases() {
        return BadInputs.all().stream();
    }

    private static Map<String, String> expected() throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        String[] parts = Files.readString(FILE).split("(?m)^== ");
        for (String part : List.of(parts).subList(1, parts.length)) {
            String[] titleAndText = part.split("\n", 2);
            sections.put(titleAndText[0], titleAndText[1].strip());
        }
        return sections;
    }

    private static String title(Case one) {
        return one.name() + (one.kedro() == 0 ? "" : " (Kedro " + one.kedro() + ")");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysWhatIsWrong(Case one) throws IOException {
        BadProject project = new BadProject(root.toRealPath());
        one.change().in(project);
        List<String> said;
        try (CapturedLog log = CapturedLog.atInfo()) {
            said = one.seen() == Seen.REFUSED ? refusal(project) : outcome(one, project, log);
            checkLog(log.text());
        }
        said.forEach(message -> check(one, project, message));
        String all = one.seen() + "\n" + shown(project, String.join("\n", said));
        MET.put(title(one), all.strip());
        if (!IS_WRITTEN) {
            assertThat(all.strip()).isEqualTo(expected().get(title(one)));
        }
    }

    /** The message of a request that is refused; a dry run has the same, or more. */
    private List<String> refusal(BadProject project) throws IOException {
        ContraflowException refused;
        RunRequest request;
        try {
            request = project.build();
        } catch (ContraflowException e) {
            return List.of(e.getMessage());
        }
        try {
            PipelineResult result = new SequentialRunner().run(request);
            throw new AssertionError("it was not refused: " + result.summary());
        } catch (ContraflowException e) {
            refused = e;
        }
        assertThat(project.begun()).as("functions that were called").isZero();
        assertThat(dryRun(request)).contains(refused.getMessage());
        return List.of(refused.getMessage());
    }

    private static String dryRun(RunRequest request) {
        try (CapturedLog log = CapturedLog.atDebug()) {
            String said;
            try {
                said = String.join("\n", DryRun.of(request).problems());
            } catch (ContraflowException e) {
                said = e.getMessage();
            }
            assertThat(log.text()).doesNotContain(BadProject.SECRET);
            return said;
        }
    }

    private List<String> outcome(Case one, BadProject project, CapturedLog log) throws IOException {
        PipelineResult result = new SequentialRunner().run(project.build());
        boolean isFailed = one.seen() == Seen.FAILED;
        assertThat(result.state())
                .as(result.summary())
                .isEqualTo(isFailed ? PipelineResult.State.FAILED : PipelineResult.State.SUCCEEDED);
        List<String> said = new ArrayList<>(log.messages("WARN"));
        if (one.seen() == Seen.WARNED) {
            said.add(result.summary()
                    .replaceFirst("^Run \\S+ SUCCEEDED after [0-9.]+ s", "Run <id> SUCCEEDED after <n> s"));
        } else {
            said.addAll(log.messages("ERROR").stream()
                    .filter(line -> !line.startsWith("Run "))
                    .toList());
        }
        return said;
    }

    private void check(Case one, BadProject project, String message) {
        assertThat(message.lines().count()).as(message).isLessThanOrEqualTo(6);
        assertThat(message).doesNotContain(BadProject.SECRET);
        assertThat(message)
                .doesNotContainPattern("failed: .*failed: ")
                .doesNotContainPattern("java\\.n?io\\.\\w*Exception|NullPointer");
        if (one.hasPlace() && project.isConfigurationChanged()) {
            assertThat(message).containsPattern(PLACE);
        }
    }

    /** Stacks are for the level debug. */
    private static void checkLog(String log) {
        assertThat(log).doesNotContain("\n\tat ").doesNotContain(BadProject.SECRET);
    }

    private static String shown(BadProject project, String message) {
        return message.replace(project.root().toString(), "<project>")
                .replaceAll("BadInputs.java:\\d+", "BadInputs.java:<line>");
    }

    @Test
    void theProjectWithoutAMistakeRuns() throws IOException {
        BadProject project = new BadProject(root.toRealPath());
        assertThat(new SequentialRunner().run(project.build()).orElseThrow().exitCode())
                .isZero();
        assertThat(project.begun()).isEqualTo(2);
    }

    @Test
    void hasEveryMistakeOnce() throws IOException {
        List<Case> cases = BadInputs.all();
        assertThat(cases).hasSizeGreaterThanOrEqualTo(75);
        assertThat(cases.stream().map(Case::name)).doesNotHaveDuplicates();
        Set<Integer> rows = cases.stream().map(Case::kedro).collect(Collectors.toCollection(TreeSet::new));
        rows.remove(0);
        rows.addAll(NOT_HERE);
        assertThat(rows)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, KEDRO_ROWS).boxed().toList());
        if (!IS_WRITTEN) {
            assertThat(expected().keySet())
                    .containsExactlyElementsOf(
                            cases.stream().map(BadInputTest::title).toList());
        }
    }

    @AfterAll
    static void write() throws IOException {
        if (IS_WRITTEN) {
            String sections = MET.entrySet().stream()
                    .map(section -> "\n== " + section.getKey() + "\n" + section.getValue() + "\n")
                    .collect(Collectors.joining());
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, HEADER + sections);
        }
    }
}
