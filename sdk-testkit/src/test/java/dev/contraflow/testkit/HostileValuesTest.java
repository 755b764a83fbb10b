package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostileValuesTest {
    record Pair<A, B>(A left, Optional<B> right) {}

    record Self(List<Self> children, Map<String, Self> byName, BigDecimal weight, ZonedDateTime at) {}

    private static final Type EVERYTHING =
            new TypeRef<Map<String, List<Pair<Set<Object>, Pair<Self, Instant>>>>>() {}.type();

    @Test
    void theSameSeedGivesTheSameValues() {
        HostileValues first = new HostileValues(17);
        HostileValues second = new HostileValues(17);
        Set<String> values = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            Object value = first.next(EVERYTHING);
            assertThat(second.next(EVERYTHING)).isEqualTo(value);
            values.add(value.toString());
        }
        assertThat(values).hasSizeGreaterThan(25);
    }

    @Test
    void textsWithHalvesOfSurrogatePairsAreRareButThere() {
        HostileValues values = new HostileValues(1);
        int halves = 0;
        for (int i = 0; i < 2_000; i++) {
            String text = (String) values.next(String.class);
            halves += text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff) ? 1 : 0;
        }
        assertThat(halves).isBetween(5, 200);
    }

    @Test
    void unknownTypesAreRefused() {
        assertThatThrownBy(() -> new HostileValues(1).next(Thread.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("No random values are known of the type java.lang.Thread");
    }
}
