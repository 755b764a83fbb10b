package dev.contraflow.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.DataCatalog;
import dev.contraflow.config.Config;
import dev.contraflow.config.ConfigSource;
import dev.contraflow.spi.Providers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every dataset class of kedro-datasets 9.6 is either known by its name, or refused with its place and something near it. */
class KedroTypesTest {
    @TempDir
    Path root;

    private final Providers providers = Providers.discover();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "api.APIDataset",
                "biosequence.BioSequenceDataset",
                "dask.CSVDataset",
                "dask.ParquetDataset",
                "databricks.ManagedTableDataset",
                "email.EmailMessageDataset",
                "geopandas.GenericDataset",
                "holoviews.HoloviewsWriter",
                "huggingface.HFDataset",
                "huggingface.HFTransformerPipelineDataset",
                "ibis.TableDataset",
                "ibis.FileDataset",
                "json.JSONDataset",
                "matlab.MatlabDataset",
                "matplotlib.MatplotlibDataset",
                "networkx.JSONDataset",
                "networkx.GMLDataset",
                "networkx.GraphMLDataset",
                "openxml.DocxDataset",
                "pandas.CSVDataset",
                "pandas.DeltaTableDataset",
                "pandas.ExcelDataset",
                "pandas.FeatherDataset",
                "pandas.GBQQueryDataset",
                "pandas.GBQTableDataset",
                "pandas.GenericDataset",
                "pandas.HDFDataset",
                "pandas.JSONDataset",
                "pandas.ParquetDataset",
                "pandas.SQLQueryDataset",
                "pandas.SQLTableDataset",
                "pandas.XMLDataset",
                "pickle.PickleDataset",
                "pillow.ImageDataset",
                "plotly.PlotlyDataset",
                "plotly.JSONDataset",
                "plotly.HTMLDataset",
                "polars.CSVDataset",
                "polars.EagerPolarsDataset",
                "polars.LazyPolarsDataset",
                "redis.PickleDataset",
                "snowflake.SnowparkTableDataset",
                "spark.SparkDataset",
                "spark.SparkDatasetV2",
                "spark.DeltaTableDataset",
                "spark.GBQQueryDataset",
                "spark.SparkHiveDataset",
                "spark.SparkJDBCDataset",
                "spark.SparkStreamingDataset",
                "svmlight.SVMLightDataset",
                "tensorflow.TensorFlowModelDataset",
                "text.TextDataset",
                "yaml.YAMLDataset"
            })
    void isKnownOrRefusedWithTheNearest(String type) throws IOException {
        Files.createDirectories(root.resolve("conf/local"));
        Files.createDirectories(root.resolve("conf/base"));
        for (String spelling : new String[] {type, "kedro_datasets." + type, type.replace("Dataset", "DataSet")}) {
            Files.writeString(
                    root.resolve("conf/base/catalog.yml"), "x:\n  type: " + spelling + "\n  filepath: data/x\n");
            Config config = Config.load(ConfigSource.of(root));
            if (providers.format(type).isPresent() || providers.dataset(type).isPresent()) {
                try (DataCatalog catalog = DataCatalog.load(config, providers)) {
                    assertThat(catalog.type("x")).contains(providers.typeId(type));
                }
            } else {
                assertThatThrownBy(() -> DataCatalog.load(config, providers))
                        .isInstanceOf(CatalogException.class)
                        .hasMessageStartingWith("conf/base/catalog.yml:2:3: 'type' in 'x' is '" + spelling
                                + "', a type of Kedro that nothing on the class path can stand for. The nearest type"
                                + " is '");
            }
        }
    }

    @Test
    void howKedroOpensAFileIsTheFormatsBusinessHere() throws IOException {
        String entry =
                "x: {type: text.TextDataset, filepath: x, fs_args: {open_args_save: {mode: %s, encoding: utf-8}}}\n";
        Files.writeString(
                Files.createDirectories(root.resolve("conf/base")).resolve("catalog.yml"), entry.formatted("w"));
        try (DataCatalog catalog = DataCatalog.load(Config.load(ConfigSource.of(root)), providers)) {
            DatasetRef<String> x = DatasetRef.of("x", String.class);
            catalog.save(x, "text");
            assertThat(catalog.load(x)).isEqualTo("text");
        }
        Files.writeString(root.resolve("conf/base/catalog.yml"), entry.formatted("a"));
        Config appending = Config.load(ConfigSource.of(root));
        assertThatThrownBy(() -> DataCatalog.load(appending, providers))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("conf/base/catalog.yml:1:69: 'mode' in 'x.fs_args.open_args_save' can only be");
    }
}
