package dev.contraflow.examples.spaceflights;

import dev.contraflow.DatasetMapping;
import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Pipeline;
import dev.contraflow.Project;
import dev.contraflow.TypeRef;
import dev.contraflow.examples.spaceflights.DataScienceNodes.Metrics;
import dev.contraflow.examples.spaceflights.DataScienceNodes.ModelOptions;
import dev.contraflow.examples.spaceflights.DataScienceNodes.Price;
import dev.contraflow.examples.spaceflights.DataScienceNodes.Regressor;
import dev.contraflow.examples.spaceflights.DataScienceNodes.Split;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The project: datasets by name and type, and the nodes between them. Where the datasets live stands in {@code conf/}. */
public final class SpaceflightsProject implements Project {
    static final DatasetRef<List<RawData.Company>> COMPANIES = DatasetRef.listOf("companies", RawData.Company.class);
    static final DatasetRef<List<RawData.Review>> REVIEWS = DatasetRef.listOf("reviews", RawData.Review.class);
    static final DatasetRef<List<RawData.Shuttle>> SHUTTLES = DatasetRef.listOf("shuttles", RawData.Shuttle.class);
    static final DatasetRef<List<PreprocessedCompany>> PREPROCESSED_COMPANIES =
            DatasetRef.listOf("preprocessed_companies", PreprocessedCompany.class);
    static final DatasetRef<List<PreprocessedShuttle>> PREPROCESSED_SHUTTLES =
            DatasetRef.listOf("preprocessed_shuttles", PreprocessedShuttle.class);
    static final DatasetRef<List<ModelInput>> MODEL_INPUT_TABLE =
            DatasetRef.listOf("model_input_table", ModelInput.class);

    static final DatasetRef<ModelOptions> MODEL_OPTIONS = DatasetRef.parameter("model_options", ModelOptions.class);
    static final DatasetRef<List<Map<String, Double>>> X_TRAIN = DatasetRef.of("X_train", new TypeRef<>() {});
    static final DatasetRef<List<Map<String, Double>>> X_TEST = DatasetRef.of("X_test", new TypeRef<>() {});
    static final DatasetRef<List<Price>> Y_TRAIN = DatasetRef.listOf("y_train", Price.class);
    static final DatasetRef<List<Price>> Y_TEST = DatasetRef.listOf("y_test", Price.class);
    static final DatasetRef<Regressor> REGRESSOR = DatasetRef.of("regressor", Regressor.class);
    static final DatasetRef<Metrics> METRICS = DatasetRef.of("metrics", Metrics.class);

    /** The namespaces of the two models. */
    static final List<String> MODELS = List.of("active_modelling_pipeline", "candidate_modelling_pipeline");

    private final Path root;

    /** The project in the working directory. */
    public SpaceflightsProject() {
        this(Path.of(""));
    }

    /** @param root the folder that holds {@code conf/} */
    public SpaceflightsProject(Path root) {
        this.root = root;
    }

    @Override
    public Path root() {
        return root;
    }

    @Override
    public Map<String, Pipeline> pipelines() {
        return Map.of(
                "data_processing", dataProcessing(),
                "data_science", dataScience(),
                "__default__", dataProcessing().plus(dataScience()));
    }

    private static Pipeline dataProcessing() {
        return Pipeline.of(
                Node.named("preprocess_companies_node")
                        .reads(COMPANIES)
                        .writes(PREPROCESSED_COMPANIES)
                        .by(DataProcessingNodes::preprocessCompanies),
                Node.named("preprocess_shuttles_node")
                        .reads(SHUTTLES)
                        .writes(PREPROCESSED_SHUTTLES)
                        .by(DataProcessingNodes::preprocessShuttles),
                Node.named("create_model_input_table_node")
                        .reads(PREPROCESSED_SHUTTLES, PREPROCESSED_COMPANIES, REVIEWS)
                        .writes(MODEL_INPUT_TABLE)
                        .by(DataProcessingNodes::createModelInputTable));
    }

    /** One pipeline, used twice: what the namespaces do not share is told apart by their names, the parameters too. */
    private static Pipeline dataScience() {
        Pipeline modelling = Pipeline.of(
                Node.named("split_data_node")
                        .reads(MODEL_INPUT_TABLE, MODEL_OPTIONS)
                        .writesParts(
                                X_TRAIN.from(Split::xTrain),
                                X_TEST.from(Split::xTest),
                                Y_TRAIN.from(Split::yTrain),
                                Y_TEST.from(Split::yTest))
                        .by(DataScienceNodes::splitData),
                Node.named("train_model_node")
                        .reads(X_TRAIN, Y_TRAIN)
                        .writes(REGRESSOR)
                        .by(DataScienceNodes::trainModel),
                Node.named("evaluate_model_node")
                        .reads(REGRESSOR, X_TEST, Y_TEST)
                        .writes(METRICS)
                        .by(DataScienceNodes::evaluateModel));
        DatasetMapping shared = DatasetMapping.none().input(MODEL_INPUT_TABLE.name());
        return Pipeline.sum(MODELS.stream()
                .map(model -> modelling.withNamespace(model, shared))
                .toList());
    }
}
