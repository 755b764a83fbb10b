package dev.contraflow.examples.iris;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.examples.iris.Iris.Label;
import dev.contraflow.examples.iris.Iris.Measurements;
import dev.contraflow.examples.iris.IrisNodes.Model;
import dev.contraflow.examples.iris.IrisNodes.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The project: datasets by name and type, and the nodes between them. Where the datasets live stands in {@code conf/}. */
public final class IrisProject implements Project {
    // [project]
    static final DatasetRef<List<Iris>> IRIS = DatasetRef.listOf("example_iris_data", Iris.class);
    static final DatasetRef<Double> TEST_RATIO = DatasetRef.parameter("example_test_data_ratio", Double.class);
    static final DatasetRef<List<Measurements>> TRAIN_X = DatasetRef.listOf("example_train_x", Measurements.class);
    static final DatasetRef<List<Label>> TRAIN_Y = DatasetRef.listOf("example_train_y", Label.class);
    static final DatasetRef<List<Measurements>> TEST_X = DatasetRef.listOf("example_test_x", Measurements.class);
    static final DatasetRef<List<Label>> TEST_Y = DatasetRef.listOf("example_test_y", Label.class);
    static final DatasetRef<Model> MODEL = DatasetRef.of("example_model", Model.class);
    static final DatasetRef<List<Label>> PREDICTIONS = DatasetRef.listOf("example_predictions", Label.class);

    @Override
    public Map<String, Pipeline> pipelines() {
        return Map.of(
                "iris",
                Pipeline.of(
                        Node.named("split_data")
                                .reads(IRIS, TEST_RATIO)
                                .writesParts(
                                        TRAIN_X.from(Split::trainX),
                                        TRAIN_Y.from(Split::trainY),
                                        TEST_X.from(Split::testX),
                                        TEST_Y.from(Split::testY))
                                .by(IrisNodes::split),
                        Node.named("train_model")
                                .reads(TRAIN_X, TRAIN_Y)
                                .writes(MODEL)
                                .by(IrisNodes::train),
                        Node.named("predict")
                                .reads(MODEL, TEST_X)
                                .writes(PREDICTIONS)
                                .by(IrisNodes::predict),
                        Node.named("report_accuracy").reads(PREDICTIONS, TEST_Y).runs(IrisNodes::report)));
    }
    // [project]

    private final Path root;

    /** The project in the working directory. */
    public IrisProject() {
        this(Path.of(""));
    }

    /** @param root the folder that holds {@code conf/} and {@code data/} */
    public IrisProject(Path root) {
        this.root = root;
    }

    @Override
    public Path root() {
        return root;
    }
}
