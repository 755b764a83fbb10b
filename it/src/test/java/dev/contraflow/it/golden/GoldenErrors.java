package dev.contraflow.it.golden;

import dev.contraflow.ContraflowException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which of the corpus' kinds of error an exception is. The message alone decides, so that what a user reads is what is tested: a message
 * that does not say what kind of mistake it is about has none.
 */
final class GoldenErrors {
    /**
     * One kind.
     *
     * @param kind its name in the corpus
     * @param message found in the messages of this kind only
     */
    record Rule(String kind, Pattern message) {
        static Rule of(String kind, String regex) {
            return new Rule(kind, Pattern.compile(regex, Pattern.DOTALL));
        }
    }

    private GoldenErrors() {}

    /** The error as an answer: its kind and its message. */
    static Map<String, Object> of(ContraflowException e) {
        return Map.of("error", kind(e), "message", e.getMessage());
    }

    static String kind(ContraflowException e) {
        List<String> kinds = Stream.of(PipelineErrors.RULES, ConfigErrors.RULES, CatalogErrors.RULES, RunErrors.RULES)
                .flatMap(List::stream)
                .filter(rule -> rule.message().matcher(e.getMessage()).find())
                .map(Rule::kind)
                .distinct()
                .toList();
        return kinds.size() == 1 ? Objects.requireNonNull(kinds.get(0)) : "UNKNOWN " + kinds;
    }
}
