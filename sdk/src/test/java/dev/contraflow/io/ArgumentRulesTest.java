package dev.contraflow.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArgumentRulesTest {
    private static final ArgumentRules RULES = ArgumentRules.of("pandas")
            .kept("sep")
            .renamed("delimiter", "sep")
            .renamed("lineterminator", "line_end", Map.of("\n", "lf"))
            .ignored("engine")
            .only("header", 0, "infer")
            .onlyNull("nrows")
            .refused("names")
            .withDefault("indent", 2);

    @Test
    void renamesKeepsDropsAndAdds() {
        assertThat(translated(
                        Map.<String, Object>of("sep", ";", "lineterminator", "\n", "engine", "c", "header", "INFER")))
                .isEqualTo(Map.<String, Object>of("sep", ";", "line_end", "lf", "indent", 2L));
        assertThat(translated(Map.<String, Object>of("delimiter", ";", "header", 0)))
                .isEqualTo(Map.<String, Object>of("sep", ";", "indent", 2L));
    }

    @Test
    void anArgumentThatIsSetIsNoDefaultEvenIfItIsNull() {
        ArgumentRules rules = RULES.kept("indent");
        Map<String, @Nullable Object> arguments = new HashMap<>();
        arguments.put("indent", null);
        arguments.put("nrows", null);
        ConfigSection options = rules.translate(ConfigSection.of("x.save_args", arguments));
        assertThat(options.integer("indent")).isEmpty();
        assertThat(options.entries()).containsOnlyKeys("indent");
    }

    @Test
    void refusesByNameWhatCannotBeHonoured() {
        assertMessage(
                Map.of("names", "a"),
                "(code): 'names' in 'x.load_args' is an argument of pandas that cannot be honoured here. Remove it, and do"
                        + " in a node what it did.");
        assertMessage(
                Map.of("header", 1), "(code): 'header' in 'x.load_args' can only be 0 or 'infer' here. Remove it.");
        assertMessage(Map.of("nrows", 5), "(code): 'nrows' in 'x.load_args' can only be null here. Remove it.");
        assertMessage(
                Map.of("lineterminator", "\r"),
                "(code): 'lineterminator' in 'x.load_args' has a value that cannot be honoured here. Remove it.");
        assertMessage(
                Map.of("heder", 1),
                "(code): unknown key 'heder' in 'x.load_args'. Did you mean 'header'? It is no argument of pandas.");
        assertMessage(
                new java.util.TreeMap<>(Map.of("sep", ";", "delimiter", ",")),
                "(code): 'sep' in 'x.load_args' says the same as another argument. Keep one of them.");
    }

    private static Map<String, ?> translated(Map<String, ?> arguments) {
        return RULES.translate(ConfigSection.of("x.load_args", arguments)).plain();
    }

    private static void assertMessage(Map<String, ?> arguments, String message) {
        assertThatThrownBy(() -> translated(arguments))
                .isInstanceOf(CatalogException.class)
                .hasMessage(message);
    }
}
