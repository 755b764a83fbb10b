package dev.contraflow.examples.spaceflights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.contraflow.examples.spaceflights.DataScienceNodes.Metrics;
import dev.contraflow.examples.spaceflights.DataScienceNodes.ModelOptions;
import dev.contraflow.examples.spaceflights.DataScienceNodes.Price;
import dev.contraflow.examples.spaceflights.DataScienceNodes.Regressor;
import dev.contraflow.examples.spaceflights.DataScienceNodes.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DataScienceNodesTest {
    private static final Offset<Double> NEARLY = within(1e-9);

    private static List<ModelInput> rows(int count) {
        RawData raw = RawData.generate(count * 4, 7);
        return DataProcessingNodes.createModelInputTable(
                        DataProcessingNodes.preprocessShuttles(raw.shuttles()),
                        DataProcessingNodes.preprocessCompanies(raw.companies()),
                        raw.reviews())
                .subList(0, count);
    }

    private static Map<String, Double> at(double a, double b) {
        return Map.of("a", a, "b", b);
    }

    private static List<Price> prices(double... prices) {
        return java.util.Arrays.stream(prices).mapToObj(Price::new).toList();
    }

    /** Computed by another program from the algorithm as it is documented; the same on every JDK. */
    @Test
    void theOrderOfASplitIsThatOfItsSeed() {
        assertThat(DataScienceNodes.permutation(10, 3)).containsExactly(7, 2, 9, 8, 4, 6, 0, 1, 5, 3);
        assertThat(DataScienceNodes.permutation(10, 8)).containsExactly(5, 7, 9, 3, 2, 8, 0, 1, 4, 6);
        assertThat(DataScienceNodes.permutation(1, 3)).containsExactly(0);
        assertThat(DataScienceNodes.permutation(0, 3)).isEmpty();
    }

    @Test
    void theFirstRowsOfThatOrderAreTheTest() {
        List<ModelInput> rows = rows(11);
        Split split = DataScienceNodes.splitData(rows, new ModelOptions(0.2, 3, List.of("crew", "iata_approved")));
        assertThat(split.xTest()).hasSize(3); // 2.2, rounded up
        assertThat(split.xTrain()).hasSize(8);
        List<Price> order = new ArrayList<>(split.yTest());
        order.addAll(split.yTrain());
        List<Price> wanted = java.util.Arrays.stream(DataScienceNodes.permutation(11, 3))
                .mapToObj(i -> new Price(rows.get(i).price()))
                .toList();
        assertThat(order).isEqualTo(wanted);
        ModelInput first = rows.get(DataScienceNodes.permutation(11, 3)[0]);
        assertThat(split.xTest().get(0))
                .containsExactly(
                        Map.entry("crew", first.crew()), Map.entry("iata_approved", first.iataApproved() ? 1.0 : 0.0));
    }

    @Test
    void aSplitThatLeavesNothingToLearnFromIsRefused() {
        assertThatThrownBy(() -> DataScienceNodes.splitData(rows(1), new ModelOptions(0.2, 3, List.of("crew"))))
                .hasMessage("Of the 1 complete rows, 1 are for the test, so none is left to learn from."
                        + " Add rows, or lower test_size.");
    }

    @Test
    void aPlaneIsFoundAgain() {
        List<Map<String, Double>> x = List.of(at(0, 0), at(1, 0), at(0, 1), at(2, 3), at(5, 1));
        List<Price> y = x.stream()
                .map(row -> new Price(3 + 2 * at(row, "a") - at(row, "b")))
                .toList();
        Regressor regressor = DataScienceNodes.trainModel(x, y);
        assertThat(regressor.features()).containsExactlyInAnyOrder("a", "b");
        assertThat(regressor.intercept()).isCloseTo(3, NEARLY);
        assertThat(regressor.predict(at(10, 4))).isCloseTo(19, NEARLY);
    }

    /** y = 1 + x/2 is the line of least squares through (0,1), (1,2), (2,1), (3,3): normal equations, by hand. */
    @Test
    void theLineOfLeastSquaresIsFound() {
        List<Map<String, Double>> x = List.of(Map.of("x", 0.0), Map.of("x", 1.0), Map.of("x", 2.0), Map.of("x", 3.0));
        Regressor regressor = DataScienceNodes.trainModel(x, prices(1, 2, 1, 3));
        assertThat(regressor.intercept()).isCloseTo(1, NEARLY);
        assertThat(regressor.coefficients())
                .singleElement()
                .satisfies(c -> assertThat(c).isCloseTo(0.5, NEARLY));
    }

    @Test
    void rowsThatDetermineNoModelAreRefused() {
        List<Map<String, Double>> constant = List.of(at(1, 5), at(2, 5), at(3, 5), at(4, 5));
        assertThatThrownBy(() -> DataScienceNodes.trainModel(constant, prices(1, 2, 3, 4)))
                .hasMessageStartingWith("The 4 rows do not determine the coefficients of [")
                .hasMessageEndingWith(": there are too few, or a column is constant or follows from others. Add rows,"
                        + " or leave out a feature.");
        assertThatThrownBy(() -> DataScienceNodes.trainModel(List.of(at(1, 5)), prices(1)))
                .hasMessageStartingWith("The 1 rows do not determine");
        assertThatThrownBy(() -> DataScienceNodes.trainModel(List.of(), List.of()))
                .hasMessageStartingWith("The 0 rows do not determine");
    }

    @Test
    void metricsAreThoseOfTheTestData() {
        Regressor same = new Regressor(List.of("x"), List.of(1.0), 0);
        List<Map<String, Double>> x = List.of(Map.of("x", 1.0), Map.of("x", 2.0), Map.of("x", 5.0));
        assertThat(DataScienceNodes.evaluateModel(same, x, prices(1, 2, 3))) // 4 of 2 unexplained
                .satisfies(metrics -> assertThat(metrics.r2Score()).isCloseTo(-1, NEARLY))
                .satisfies(metrics -> assertThat(metrics.mae()).isCloseTo(2 / 3.0, NEARLY))
                .satisfies(metrics -> assertThat(metrics.maxError()).isEqualTo(2));
        assertThat(DataScienceNodes.evaluateModel(same, x, prices(1, 2, 5))).isEqualTo(new Metrics(1, 0, 0));
        List<Map<String, Double>> one = List.of(Map.of("x", 1.0));
        assertThat(DataScienceNodes.evaluateModel(same, one, prices(1)).r2Score())
                .isEqualTo(1);
        assertThat(DataScienceNodes.evaluateModel(same, one, prices(2)).r2Score())
                .isZero();
    }

    @Test
    void optionsThatMakeNoModelAreRefused() {
        assertThatThrownBy(() -> new ModelOptions(1.0, 3, List.of("crew")))
                .hasMessage("test_size must be between 0 and 1, but is 1.0");
        assertThatThrownBy(() -> new ModelOptions(0.2, 3, List.of("crew", "crew")))
                .hasMessage("features must name at least one column, and none twice");
        assertThatThrownBy(() -> new ModelOptions(0.2, 3, List.of("engine")))
                .hasMessageStartingWith("there is no feature 'engine'. Did you mean 'engines'? Known: company_rating,");
    }

    private static double at(Map<String, Double> row, String column) {
        return row.getOrDefault(column, Double.NaN);
    }
}
