package dev.contraflow.examples.iris;

import dev.contraflow.examples.iris.Iris.Label;
import dev.contraflow.examples.iris.Iris.Measurements;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The functions of the pipeline: plain Java, to be tested as such. */
public final class IrisNodes {
    private static final Logger LOG = LoggerFactory.getLogger(IrisNodes.class);
    private static final int ROUNDS = 200;
    private static final double STEP = 0.01;

    private IrisNodes() {}

    /**
     * The data, cut into two parts.
     *
     * @param trainX measurements to learn from
     * @param trainY their species
     * @param testX measurements to be classified
     * @param testY their species
     */
    public record Split(List<Measurements> trainX, List<Label> trainY, List<Measurements> testX, List<Label> testY) {}

    /**
     * A one-against-the-rest logistic regression.
     *
     * @param weights for each species the weights of the constant and of the four measurements
     */
    public record Model(Map<String, List<Double>> weights) {}

    /** Shuffles the flowers, always alike, and cuts off the share that is kept for the test. */
    public static Split split(List<Iris> flowers, double testRatio) {
        List<Iris> shuffled = new ArrayList<>(flowers);
        Collections.shuffle(shuffled, new Random(42));
        int test = (int) Math.round(shuffled.size() * testRatio);
        List<Iris> testing = shuffled.subList(0, test);
        List<Iris> training = shuffled.subList(test, shuffled.size());
        return new Split(
                training.stream().map(Iris::measurements).toList(),
                training.stream().map(flower -> new Label(flower.species())).toList(),
                testing.stream().map(Iris::measurements).toList(),
                testing.stream().map(flower -> new Label(flower.species())).toList());
    }

    /** Learns one regression for each species, by gradient descent. */
    public static Model train(List<Measurements> x, List<Label> y) {
        Map<String, List<Double>> weights = new LinkedHashMap<>();
        for (String species : new TreeSet<>(y.stream().map(Label::species).toList())) {
            double[] theta = new double[5];
            for (int round = 0; round < ROUNDS; round++) {
                descend(theta, x, y, species);
            }
            weights.put(species, java.util.Arrays.stream(theta).boxed().toList());
        }
        return new Model(weights);
    }

    private static void descend(double[] theta, List<Measurements> x, List<Label> y, String species) {
        double[] gradient = new double[theta.length];
        for (int i = 0; i < x.size(); i++) {
            double[] features = x.get(i).features();
            double error = sigmoid(dot(theta, features)) - (y.get(i).species().equals(species) ? 1 : 0);
            for (int j = 0; j < theta.length; j++) {
                gradient[j] += error * features[j];
            }
        }
        for (int j = 0; j < theta.length; j++) {
            theta[j] -= STEP * gradient[j];
        }
    }

    /** Gives every flower the species whose regression is surest. */
    public static List<Label> predict(Model model, List<Measurements> x) {
        return x.stream()
                .map(flower -> new Label(surest(model, flower.features())))
                .toList();
    }

    private static String surest(Model model, double[] features) {
        return model.weights().entrySet().stream()
                .max(java.util.Comparator.comparingDouble(entry -> dot(
                        entry.getValue().stream()
                                .mapToDouble(Double::doubleValue)
                                .toArray(),
                        features)))
                .orElseThrow()
                .getKey();
    }

    /** Logs the share of flowers that were taken for what they are. */
    public static void report(List<Label> predictions, List<Label> truth) {
        int right = 0;
        for (int i = 0; i < truth.size(); i++) {
            right += predictions.get(i).equals(truth.get(i)) ? 1 : 0;
        }
        LOG.info("Model accuracy on test set: {}%", 100.0 * right / truth.size());
    }

    private static double sigmoid(double z) {
        return 1 / (1 + Math.exp(-z));
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
