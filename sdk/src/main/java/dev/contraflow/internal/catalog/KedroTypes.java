package dev.contraflow.internal.catalog;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of Kedro's types (Kedro 1.7, kedro-datasets 9.6): their many spellings, and for those that have no counterpart what comes
 * nearest. Which types have one is said by the providers, not here.
 */
public final class KedroTypes {
    private static final Pattern PREFIX =
            Pattern.compile("^(kedro\\.io\\.|kedro_datasets(?:_experimental)?\\.|kedro\\.extras\\.datasets\\.)");
    /** {@code pandas.csv_dataset.CSVDataset}, {@code core.MemoryDataset}: the module within the package. */
    private static final Pattern MODULE =
            Pattern.compile("^([a-z0-9]+\\.)?(?:[a-z0-9_]+_(?:dataset|data_set|writer)|core)\\.(?=[A-Z])");

    private static final Pattern OLD_SPELLING = Pattern.compile("DataSet(?=$|V2$)");

    private static final Map<String, List<String>> NEAREST = nearest();

    private KedroTypes() {}

    /**
     * The one spelling by which a type is looked up.
     *
     * @param type a type as a catalog has it
     * @return the same without Kedro's packages and modules, and with {@code Dataset} for the old {@code DataSet}; a name that is none of
     *     Kedro's stays as it is
     */
    public static String canonical(String type) {
        String plain = PREFIX.matcher(type).replaceFirst("");
        Matcher module = MODULE.matcher(plain);
        if (module.find()) {
            String group = module.group(1);
            plain = (group == null ? "" : group) + plain.substring(module.end());
        }
        return OLD_SPELLING.matcher(plain).replaceFirst("Dataset");
    }

    /** @return whether Kedro has a type of this name, in any spelling */
    static boolean isKnown(String type) {
        return NEAREST.containsKey(canonical(type));
    }

    /** @return the names of Kedro's types that this class knows */
    static Collection<String> names() {
        return NEAREST.keySet();
    }

    /**
     * What comes nearest to a type of Kedro's.
     *
     * @param type its name
     * @param known the types that there are
     * @return one of them, if one comes near
     */
    static Optional<String> nearest(String type, Collection<String> known) {
        return NEAREST.getOrDefault(canonical(type), List.of()).stream()
                .filter(known::contains)
                .findFirst();
    }

    private static Map<String, List<String>> nearest() {
        Map<String, List<String>> types = new LinkedHashMap<>();
        put(types, "api.APIDataset", "http", "json");
        put(types, "biosequence.BioSequenceDataset", "text");
        put(types, "dask.CSVDataset", "partitioned", "csv");
        put(types, "dask.ParquetDataset", "parquet", "csv");
        put(types, "databricks.ManagedTableDataset", "jdbc-table", "csv");
        put(types, "databricks.ExternalTableDataset", "jdbc-table", "csv");
        put(types, "email.EmailMessageDataset", "text");
        put(types, "geopandas.GenericDataset", "json");
        put(types, "geopandas.GeoJSONDataset", "json");
        put(types, "holoviews.HoloviewsWriter", "bytes");
        put(types, "huggingface.HFDataset", "jsonl", "json");
        put(types, "huggingface.HFTransformerPipelineDataset", "bytes");
        put(types, "huggingface.ArrowDataset", "arrow", "parquet", "csv");
        put(types, "huggingface.ParquetDataset", "parquet", "csv");
        put(types, "huggingface.JSONDataset", "jsonl", "json");
        put(types, "huggingface.CSVDataset", "csv");
        put(types, "ibis.TableDataset", "jdbc-table", "csv");
        put(types, "ibis.FileDataset", "parquet", "csv");
        put(types, "json.JSONDataset", "json");
        put(types, "langchain.ChatAnthropicDataset", "http");
        put(types, "langchain.ChatCohereDataset", "http");
        put(types, "langchain.ChatOpenAIDataset", "http");
        put(types, "langchain.OpenAIEmbeddingsDataset", "http");
        put(types, "matlab.MatlabDataset", "bytes");
        put(types, "matplotlib.MatplotlibDataset", "bytes");
        put(types, "matplotlib.MatplotlibWriter", "bytes");
        put(types, "networkx.JSONDataset", "json");
        put(types, "networkx.GMLDataset", "text");
        put(types, "networkx.GraphMLDataset", "text");
        put(types, "openxml.DocxDataset", "bytes");
        put(types, "openxml.PptxDataset", "bytes");
        put(types, "pandas.CSVDataset", "csv");
        put(types, "pandas.DeltaTableDataset", "delta", "parquet", "csv");
        put(types, "pandas.ExcelDataset", "excel", "csv");
        put(types, "pandas.FeatherDataset", "arrow", "parquet", "csv");
        put(types, "pandas.GBQQueryDataset", "jdbc-query", "csv");
        put(types, "pandas.GBQTableDataset", "jdbc-table", "csv");
        put(types, "pandas.GenericDataset", "csv");
        put(types, "pandas.HDFDataset", "parquet", "csv");
        put(types, "pandas.JSONDataset", "json");
        put(types, "pandas.ParquetDataset", "parquet", "csv");
        put(types, "pandas.SQLQueryDataset", "jdbc-query", "csv");
        put(types, "pandas.SQLTableDataset", "jdbc-table", "csv");
        put(types, "pandas.XMLDataset", "xml", "text");
        put(types, "partitions.PartitionedDataset", "partitioned");
        put(types, "partitions.IncrementalDataset", "incremental");
        put(types, "pickle.PickleDataset", "json", "bytes");
        put(types, "pillow.ImageDataset", "bytes");
        put(types, "plotly.PlotlyDataset", "json");
        put(types, "plotly.JSONDataset", "json");
        put(types, "plotly.HTMLDataset", "text");
        put(types, "polars.CSVDataset", "csv");
        put(types, "polars.EagerPolarsDataset", "parquet", "csv");
        put(types, "polars.LazyPolarsDataset", "parquet", "csv");
        put(types, "polars.PolarsDatabaseDataset", "jdbc-table", "csv");
        put(types, "redis.PickleDataset", "bytes");
        put(types, "snowflake.SnowparkTableDataset", "jdbc-table", "csv");
        put(types, "spark.SparkDataset", "parquet", "csv");
        put(types, "spark.SparkDatasetV2", "parquet", "csv");
        put(types, "spark.DeltaTableDataset", "delta", "parquet", "csv");
        put(types, "spark.GBQQueryDataset", "jdbc-query", "csv");
        put(types, "spark.SparkHiveDataset", "jdbc-table", "csv");
        put(types, "spark.SparkJDBCDataset", "jdbc-table", "csv");
        put(types, "spark.SparkStreamingDataset", "jsonl", "csv");
        put(types, "svmlight.SVMLightDataset", "text");
        put(types, "tensorflow.TensorFlowModelDataset", "bytes");
        put(types, "text.TextDataset", "text");
        put(types, "yaml.YAMLDataset", "yaml");
        put(types, "video.VideoDataset", "bytes");
        put(types, "netcdf.NetCDFDataset", "bytes");
        put(types, "pypdf.PDFDataset", "bytes");
        put(types, "pytorch.PyTorchDataset", "bytes");
        put(types, "rioxarray.GeoTIFFDataset", "bytes");
        put(types, "safetensors.SafetensorsDataset", "bytes");
        put(types, "prophet.ProphetModelDataset", "json");
        put(types, "CachedDataset", "cached");
        put(types, "IncrementalDataset", "incremental");
        put(types, "LambdaDataset", "memory");
        put(types, "MemoryDataset", "memory");
        put(types, "PartitionedDataset", "partitioned");
        put(types, "SharedMemoryDataset", "memory");
        return Collections.unmodifiableMap(types);
    }

    private static void put(Map<String, List<String>> types, String type, String... nearest) {
        types.put(type, List.of(nearest));
    }
}
