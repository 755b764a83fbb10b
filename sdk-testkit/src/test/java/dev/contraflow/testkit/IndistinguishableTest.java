package dev.contraflow.testkit;

import static dev.contraflow.testkit.Indistinguishable.assertIndistinguishable;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IndistinguishableTest {
    record Box(Object content) {}

    @Test
    void equalValuesOfTheCanonicalClassesPass() {
        assertIndistinguishable(null, null);
        assertIndistinguishable(1, 1);
        assertIndistinguishable(Double.NaN, Double.NaN);
        assertIndistinguishable(list(1, "a"), new ArrayList<>(list(1, "a")));
        assertIndistinguishable(map("a", 1, "b", list()), new LinkedHashMap<>(map("a", 1, "b", new ArrayList<>())));
        assertIndistinguishable(new Box(list(1)), new Box(List.of(1)));
        assertIndistinguishable(new int[][] {{1}, {}}, new int[][] {{1}, {}});
        assertIndistinguishable(Optional.of(list()), Optional.of(List.of()));
    }

    @Test
    void differencesThatEqualsDoesNotSeeFail() {
        assertTold(List.of(1), List.of(1), "class of the value");
        assertTold(new ArrayList<>(List.of(1)), List.of(1), "class of the value");
        assertTold(Map.of(), Map.of(), "class of the value");
        assertTold(map("b", 2, "a", 1), map("a", 1, "b", 2), "element 0 of keys of the value");
        assertTold(set(1, 2), set(2, 1), "element 0 of the value");
        assertTold(new Box(List.of()), new Box(List.of()), "class of content of the value");
    }

    @Test
    void differencesOfValuesFail() {
        assertTold(null, 1, "the value");
        assertTold(1, null, "the value");
        assertTold(1L, 1, "class of the value");
        assertTold(0.0, -0.0, "the value");
        assertTold(new BigDecimal("1.0"), new BigDecimal("1.00"), "the value");
        assertTold(list(1), List.of(1, 2), "size of the value");
        assertTold(list(1, 3), List.of(1, 2), "element 1 of the value");
        assertTold(new long[] {1}, new long[] {2}, "element 0 of the value");
        assertTold(new long[] {1}, new int[] {1}, "class of the value");
        assertTold(Optional.empty(), Optional.of(1), "content of the value");
        assertTold(map("a", 1), map("a", 2), "element 0 of values of the value");
        assertTold(new Box("x"), new Box("y"), "content of the value");
    }

    private static void assertTold(@Nullable Object decoded, @Nullable Object original, String place) {
        assertThatThrownBy(() -> assertIndistinguishable(decoded, original))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[" + place + "]");
    }

    private static List<Object> list(Object... elements) {
        return Collections.unmodifiableList(new ArrayList<>(Arrays.asList(elements)));
    }

    private static Set<Object> set(Object... elements) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(Arrays.asList(elements)));
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return Collections.unmodifiableMap(map);
    }
}
