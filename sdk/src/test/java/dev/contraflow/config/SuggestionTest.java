package dev.contraflow.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionTest {
    private static final List<String> KNOWN = List.of("orders", "order_items", "customers", "tea", "tee", "Report");

    @ParameterizedTest
    @CsvSource({
        "ordres, orders",
        "oders, orders",
        "orderss, orders",
        "order_item, order_items",
        "tex, tea",
        "te, tea",
        "report, Report"
    })
    void findsTheNearestName(String misspelt, String meant) {
        assertThat(Suggestion.nearest(misspelt, KNOWN)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"xyz", "payments", "o"})
    void findsNothingThatIsFar(String misspelt) {
        assertThat(Suggestion.nearest(misspelt, KNOWN)).isEmpty();
        assertThat(Suggestion.didYouMean(misspelt, KNOWN)).isEmpty();
    }

    @Test
    void theOrderOfTheNamesDoesNotMatter() {
        assertThat(Suggestion.nearest("teb", List.of("tee", "tea", "teg"))).contains("tea");
        assertThat(Suggestion.didYouMean("teb", List.of("tea", "tee"))).isEqualTo(" Did you mean 'tea'?");
    }
}
