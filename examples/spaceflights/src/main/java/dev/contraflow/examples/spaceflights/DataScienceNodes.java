package dev.contraflow.examples.spaceflights;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.config.Suggestion;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.stat.regression.OLSMultipleLinearRegression;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The functions of the pipeline {@code data_science}: plain Java, to be tested as such. Each works on one thread and adds up in the order of
 * the rows, so that its results are the same to the last bit in every run.
 */
public final class DataScienceNodes {
    private static final Logger LOG = LoggerFactory.getLogger(DataScienceNodes.class);
    /** A column whose part that is new to the columns before it is shorter than this adds nothing. */
    private static final double SHORTEST = 1e-9;

    private DataScienceNodes() {}

    /**
     * What a model is made with, from the parameters.
     *
     * @param testSize the share of the rows that is kept for the test, more than 0 and less than 1
     * @param randomState the seed of the split
     * @param features the columns that the model looks at, in their order
     */
    public record ModelOptions(
            @JsonProperty("test_size") double testSize,
            @JsonProperty("random_state") long randomState,
            List<String> features) {
        /** Refuses what no model can be made with. */
        public ModelOptions {
            if (!(testSize > 0 && testSize < 1)) {
                throw new IllegalArgumentException("test_size must be between 0 and 1, but is " + testSize);
            }
            features = List.copyOf(features);
            if (features.isEmpty() || new HashSet<>(features).size() < features.size()) {
                throw new IllegalArgumentException("features must name at least one column, and none twice");
            }
            for (String feature : features) {
                if (!ModelInput.features().contains(feature)) {
                    throw new IllegalArgumentException("there is no feature '" + feature + "'."
                            + Suggestion.didYouMean(feature, ModelInput.features()) + " Known: "
                            + String.join(", ", ModelInput.features()));
                }
            }
        }
    }

    /**
     * What is to be learned, and told.
     *
     * @param price the price of a shuttle in dollars
     */
    public record Price(double price) {}

    /**
     * The rows, cut into two parts.
     *
     * @param xTrain the features to learn from, by column
     * @param xTest the features to be told the price of
     * @param yTrain the prices to learn from
     * @param yTest the prices to compare with
     */
    public record Split(
            List<Map<String, Double>> xTrain, List<Map<String, Double>> xTest, List<Price> yTrain, List<Price> yTest) {}

    /**
     * A linear regression.
     *
     * @param features the columns it looks at
     * @param coefficients one for each of them
     * @param intercept what it starts from
     */
    public record Regressor(List<String> features, List<Double> coefficients, double intercept) {
        double predict(Map<String, Double> row) {
            double price = intercept;
            for (int i = 0; i < features.size(); i++) {
                price += coefficients.get(i) * value(row, features.get(i));
            }
            return price;
        }
    }

    /**
     * How good a model is on rows that it has not seen.
     *
     * @param r2Score the coefficient of determination
     * @param mae the mean absolute error, in dollars
     * @param maxError the largest error, in dollars
     */
    public record Metrics(
            @JsonProperty("r2_score") double r2Score,
            double mae,
            @JsonProperty("max_error") double maxError) {}

    /**
     * Cuts the rows into those to learn from and those to test with: the numbers of the rows are shuffled (Fisher and Yates, from the last
     * down to the second, each swapped with {@code floorMod(nextLong, i + 1)} of a {@link java.util.SplittableRandom} with the seed {@code
     * random_state}); the first {@code ceil(test_size * rows)} of them are the test, as in scikit-learn, whose rows are others, though.
     *
     * @throws IllegalArgumentException if there is no row left to learn from
     */
    public static Split splitData(List<ModelInput> rows, ModelOptions options) {
        int test = (int) Math.ceil(options.testSize() * rows.size());
        if (test >= rows.size()) {
            throw new IllegalArgumentException("Of the " + rows.size() + " complete rows, " + test
                    + " are for the test, so none is left to learn from. Add rows, or lower test_size.");
        }
        List<ModelInput> shuffled = Arrays.stream(permutation(rows.size(), options.randomState()))
                .mapToObj(rows::get)
                .toList();
        List<ModelInput> testing = shuffled.subList(0, test);
        List<ModelInput> training = shuffled.subList(test, shuffled.size());
        return new Split(features(training, options), features(testing, options), prices(training), prices(testing));
    }

    static int[] permutation(int length, long seed) {
        int[] numbers = new int[length];
        Arrays.setAll(numbers, i -> i);
        Draws draws = new Draws(seed);
        for (int i = length - 1; i > 0; i--) {
            int j = draws.below(i + 1);
            int swapped = numbers[i];
            numbers[i] = numbers[j];
            numbers[j] = swapped;
        }
        return numbers;
    }

    private static List<Map<String, Double>> features(List<ModelInput> rows, ModelOptions options) {
        return rows.stream().map(row -> features(row, options.features())).toList();
    }

    private static Map<String, Double> features(ModelInput row, List<String> names) {
        Map<String, Double> values = new LinkedHashMap<>();
        names.forEach(name -> values.put(name, row.feature(name)));
        return Collections.unmodifiableMap(values);
    }

    private static List<Price> prices(List<ModelInput> rows) {
        return rows.stream().map(row -> new Price(row.price())).toList();
    }

    /**
     * Learns by ordinary least squares (QR, Hipparchus).
     *
     * @throws IllegalArgumentException if the rows do not determine the coefficients
     */
    public static Regressor trainModel(List<Map<String, Double>> x, List<Price> y) {
        List<String> features = x.isEmpty() ? List.of() : List.copyOf(x.get(0).keySet());
        double[][] rows = x.stream()
                .map(row ->
                        features.stream().mapToDouble(name -> value(row, name)).toArray())
                .toArray(double[][]::new);
        try {
            OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression(SHORTEST);
            regression.newSampleData(y.stream().mapToDouble(Price::price).toArray(), rows);
            double[] beta = regression.estimateRegressionParameters();
            return new Regressor(features, Arrays.stream(beta).skip(1).boxed().toList(), beta[0]);
        } catch (MathRuntimeException e) {
            throw new IllegalArgumentException(
                    "The " + rows.length + " rows do not determine the coefficients of " + features
                            + ": there are too few, or a column is constant or follows from others. Add rows, or leave"
                            + " out a feature.",
                    e);
        }
    }

    private static double value(Map<String, Double> row, String feature) {
        return Objects.requireNonNull(row.get(feature), () -> "a row has no '" + feature + "'");
    }

    /**
     * Compares what a model says with what is true, and logs it. (The coefficient of determination of prices that are all the same is 1 or 0,
     * as in scikit-learn.)
     */
    public static Metrics evaluateModel(Regressor regressor, List<Map<String, Double>> x, List<Price> y) {
        double mean = 0;
        for (Price truth : y) {
            mean += truth.price() / y.size();
        }
        double squares = 0;
        double squaresOfMean = 0;
        double absolutes = 0;
        double largest = 0;
        for (int i = 0; i < y.size(); i++) {
            double truth = y.get(i).price();
            double error = Math.abs(truth - regressor.predict(x.get(i)));
            squares += error * error;
            squaresOfMean += (truth - mean) * (truth - mean);
            absolutes += error;
            largest = Math.max(largest, error);
        }
        double r2 = squaresOfMean > 0 ? 1 - squares / squaresOfMean : squares > 0 ? 0 : 1;
        Metrics metrics = new Metrics(r2, absolutes / y.size(), largest);
        LOG.info(
                "Model of {} features has a coefficient R^2 of {} on test data, a mean absolute error of {} and a max error of {}",
                regressor.features().size(),
                rounded(metrics.r2Score()),
                rounded(metrics.mae()),
                rounded(metrics.maxError()));
        return metrics;
    }

    private static String rounded(double number) {
        return String.format(Locale.ROOT, "%.3f", number);
    }
}
