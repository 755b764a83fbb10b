package dev.contraflow.it.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.contraflow.ContraflowException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The golden corpus: cases answered by the real Kedro, each as one test. Read from {@code it/golden/kedro}, or from the folder that
 * {@code -Dcontraflow.golden} names. What a case means stands in the corpus' own README.
 */
final class Golden {
    /** Keeps integers and floating-point numbers apart, and integers of any size. */
    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();

    private static final Path FOLDER = Path.of(System.getProperty("contraflow.golden", "golden/kedro"));

    /**
     * Cases whose {@code better} is not ours: Kedro's own answer is checked instead, as the corpus allows, and docs/configuration.md says
     * so. In both, {@code better} comes from leaving the runtime parameters out while references in the files are followed; but then
     * {@code ${runtime_params:w, 7}} would not see {@code w=1}, nor {@code ${model.depth}} the depth that the run sets, against
     * {@code config/runtime-params} and {@code config/random-7}, which bind.
     */
    private static final Set<String> AS_KEDRO = Set.of("params/merge-runtime-params", "params/merge-reference");

    private final String name;
    private final List<Case> cases;
    private final JsonNode whole;
    private final AtomicInteger right = new AtomicInteger();

    private Golden(String name, JsonNode whole, List<Case> cases) {
        this.name = name;
        this.whole = whole;
        this.cases = cases;
    }

    /**
     * One case.
     *
     * @param id its stable name
     * @param folder the folder of the case, or of the corpus if the case has none of its own
     * @param json the whole case
     */
    record Case(String id, Path folder, JsonNode json) {
        JsonNode input() {
            return json.path("input");
        }

        /** The binding answer, or null if any deliberate answer will do. */
        JsonNode expected() {
            if (json.has("better") && !AS_KEDRO.contains(id)) {
                return json.path("better");
            }
            boolean isFree = json.has("deviation") && !json.has("free") && !json.has("better");
            return isFree ? JSON.nullNode() : json.path("expect");
        }
    }

    /** Answers a case: plain values (maps, lists, texts, numbers), or a failure. */
    interface Answer {
        Object to(Case asked) throws Exception;
    }

    /** The cases of one file of the corpus. */
    static Golden file(String file) {
        JsonNode whole = read(FOLDER.resolve(file));
        List<Case> cases = new ArrayList<>();
        whole.path("cases").forEach(json -> cases.add(new Case(json.path("id").asText(), FOLDER, json)));
        return new Golden(file, whole, cases);
    }

    /** The cases of one folder of the corpus, each in a folder of its own. */
    static Golden folder(String folder) {
        try (Stream<Path> folders = Files.list(FOLDER.resolve(folder))) {
            List<Case> cases = folders.filter(Files::isDirectory)
                    .sorted()
                    .map(at -> {
                        JsonNode json = read(at.resolve("case.json"));
                        return new Case(json.path("id").asText(), at, json);
                    })
                    .toList();
            return new Golden(folder, JSON.nullNode(), cases);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(Path file) {
        try {
            return JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file as a whole, for what its cases share. */
    JsonNode whole() {
        return whole;
    }

    /**
     * Leaves out the cases that need a power, which the corpus allows if it is said.
     *
     * @param power what they need
     * @param why why it is not there
     */
    Golden without(String power, String why) {
        List<Case> left = cases.stream().filter(one -> !needs(one, power)).toList();
        List<String> ids =
                cases.stream().filter(one -> needs(one, power)).map(Case::id).toList();
        System.out.println(
                "golden corpus: " + ids.size() + " cases need '" + power + "' and are left out (" + why + "): " + ids);
        return new Golden(name, whole, left);
    }

    private static boolean needs(Case one, String power) {
        for (JsonNode need : one.json().path("needs")) {
            if (need.asText().equals(power)) {
                return true;
            }
        }
        return false;
    }

    /** One test for each case, then one that counts them. */
    Stream<DynamicTest> tests(Answer answer) {
        Stream<DynamicTest> each =
                cases.stream().map(one -> DynamicTest.dynamicTest(one.id(), () -> check(one, answer)));
        return Stream.concat(each, Stream.of(DynamicTest.dynamicTest("golden corpus: " + name, this::count)));
    }

    private void check(Case asked, Answer answer) throws Exception {
        JsonNode actual = tree(answered(asked, answer));
        JsonNode expected = asked.expected();
        if (!expected.isNull()) {
            assertThat(GoldenComparison.differences(without(asked, expected), without(asked, actual)))
                    .as(
                            "%s (%s)%nexpected %s%nbut was  %s",
                            asked.id(), asked.json().path("why").asText(), expected, actual)
                    .isEmpty();
        }
        right.incrementAndGet();
    }

    private static Object answered(Case asked, Answer answer) throws Exception {
        try {
            return answer.to(asked);
        } catch (ContraflowException e) {
            return GoldenErrors.of(e);
        }
    }

    /** The answer without the keys that the case leaves free. */
    private static JsonNode without(Case asked, JsonNode answer) {
        JsonNode free = asked.json().path("free");
        if (free.isEmpty() || asked.json().has("better")) {
            return answer;
        }
        JsonNode copy = answer.deepCopy();
        List<String> names = new ArrayList<>();
        free.forEach(name -> names.add(name.asText()));
        remove(copy, names);
        return copy;
    }

    private static void remove(JsonNode from, List<String> names) {
        if (from instanceof ObjectNode object) {
            object.remove(names);
        }
        from.forEach(part -> remove(part, names));
    }

    /** Plain values as the tree that the corpus would hold. */
    static JsonNode tree(Object plain) {
        try {
            return JSON.readTree(JSON.writeValueAsString(plain));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void count() {
        System.out.println("golden corpus: " + right + " of " + cases.size() + " (" + name + ")");
        assertThat(right.get()).isEqualTo(cases.size());
    }

    @Override
    public String toString() {
        return Objects.requireNonNull(name);
    }
}
