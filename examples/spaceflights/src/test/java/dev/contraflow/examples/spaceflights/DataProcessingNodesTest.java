package dev.contraflow.examples.spaceflights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.examples.spaceflights.RawData.Company;
import dev.contraflow.examples.spaceflights.RawData.Review;
import dev.contraflow.examples.spaceflights.RawData.Shuttle;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DataProcessingNodesTest {
    private static Shuttle raw(@Nullable String price, @Nullable String check, @Nullable String clearance) {
        return new Shuttle(
                1, "Niue", "Type V5", "Quantum", "Orion", 1.0, 2, "strict", 3.0, price, check, clearance, 35029);
    }

    private static PreprocessedShuttle shuttle(int id, int company, @Nullable Double price) {
        return new PreprocessedShuttle(
                id, "Niue", "Type V5", "Quantum", "Orion", 1.0, 2, "strict", 3.0, price, true, false, company);
    }

    private static Review review(int shuttle, @Nullable Double rating) {
        return new Review(shuttle, rating, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 11, 0.5);
    }

    private static PreprocessedCompany company(int id, @Nullable Double rating) {
        return new PreprocessedCompany(id, rating, "Malta", 4.0, true);
    }

    @Test
    void ratingsBecomeSharesAndLettersFlags() {
        assertThat(DataProcessingNodes.preprocessCompanies(List.of(
                        new Company(35029, "96%", "Niue", 4.0, "t"),
                        new Company(30292, "100%", "Anguilla", null, "f"),
                        new Company(12345, null, null, 1.0, null))))
                .containsExactly(
                        new PreprocessedCompany(35029, 0.96, "Niue", 4.0, true),
                        new PreprocessedCompany(30292, 1.0, "Anguilla", null, false),
                        new PreprocessedCompany(12345, null, null, 1.0, false));
    }

    @Test
    void pricesBecomeNumbers() {
        assertThat(DataProcessingNodes.preprocessShuttles(
                        List.of(raw("$1,325.0", "f", "t"), raw("$11,715,000.5", "t", null), raw(null, null, "f"))))
                .extracting(
                        PreprocessedShuttle::price,
                        PreprocessedShuttle::dCheckComplete,
                        PreprocessedShuttle::moonClearanceComplete)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(1325.0, false, true),
                        org.assertj.core.groups.Tuple.tuple(11_715_000.5, true, false),
                        org.assertj.core.groups.Tuple.tuple(null, false, false));
    }

    @Test
    void whatIsNoNumberIsToldWithItsRow() {
        assertThatThrownBy(() ->
                        DataProcessingNodes.preprocessCompanies(List.of(new Company(7, "excellent", "Niue", 4.0, "t"))))
                .hasMessage("The company_rating of company 7 is 'excellent'. Write it as '96%'.");
        assertThatThrownBy(() -> DataProcessingNodes.preprocessShuttles(List.of(raw("free", "t", "t"))))
                .hasMessage("The price of shuttle 1 is 'free'. Write it as '$1,325.0'.");
    }

    @Test
    void theTableHasACompleteRowForEachShuttleWithReviewAndCompany() {
        List<ModelInput> table = DataProcessingNodes.createModelInputTable(
                List.of(
                        shuttle(3, 10, 100.0),
                        shuttle(1, 10, 200.0),
                        shuttle(2, 11, 300.0), // a company without a rating
                        shuttle(4, 12, 400.0), // no such company
                        shuttle(5, 10, null), // no price
                        shuttle(6, 10, 600.0), // a review without a rating
                        shuttle(7, 10, 700.0)), // no review
                List.of(company(11, null), company(10, 0.9)),
                List.of(
                        review(1, 80.0),
                        review(2, 80.0),
                        review(3, 80.0),
                        review(4, 80.0),
                        review(5, 80.0),
                        review(6, null)));
        assertThat(table).extracting(ModelInput::shuttleId).containsExactly(3, 1);
        assertThat(table.get(0))
                .isEqualTo(new ModelInput(
                        "Niue", "Type V5", "Quantum", "Orion", 1.0, 2, "strict", 3.0, 100.0, true, false, 10, 3, 80.0,
                        9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 11, 0.5, 0.9, "Malta", 4.0, true));
    }

    @Test
    void numbersThatAreThereTwiceGiveARowForEachPair() {
        List<ModelInput> table = DataProcessingNodes.createModelInputTable(
                List.of(shuttle(1, 10, 100.0)),
                List.of(company(10, 0.1), company(10, 0.2)),
                List.of(review(1, 80.0), review(1, 90.0)));
        assertThat(table)
                .extracting(row -> row.reviewScoresRating() + " " + row.companyRating())
                .containsExactly("80.0 0.1", "80.0 0.2", "90.0 0.1", "90.0 0.2");
    }
}
