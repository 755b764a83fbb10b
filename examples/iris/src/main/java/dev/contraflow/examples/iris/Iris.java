package dev.contraflow.examples.iris;

/**
 * One flower of Fisher's data set (R. A. Fisher, 1936), lengths in centimetres.
 *
 * @param sepalLength length of the sepals
 * @param sepalWidth width of the sepals
 * @param petalLength length of the petals
 * @param petalWidth width of the petals
 * @param species setosa, versicolor or virginica
 */
public record Iris(double sepalLength, double sepalWidth, double petalLength, double petalWidth, String species) {
    /** @return the measurements without the species */
    public Measurements measurements() {
        return new Measurements(sepalLength, sepalWidth, petalLength, petalWidth);
    }

    /**
     * What a flower is classified by, in centimetres.
     *
     * @param sepalLength length of the sepals
     * @param sepalWidth width of the sepals
     * @param petalLength length of the petals
     * @param petalWidth width of the petals
     */
    public record Measurements(double sepalLength, double sepalWidth, double petalLength, double petalWidth) {
        double[] features() {
            return new double[] {1, sepalLength, sepalWidth, petalLength, petalWidth};
        }
    }

    /**
     * What a flower is, or is taken for.
     *
     * @param species setosa, versicolor or virginica
     */
    public record Label(String species) {}
}
