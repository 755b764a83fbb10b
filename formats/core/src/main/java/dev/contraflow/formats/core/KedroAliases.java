package dev.contraflow.formats.core;

import dev.contraflow.io.ArgumentRules;
import dev.contraflow.io.FormatAlias;
import java.util.List;
import java.util.Map;

/**
 * The names that Kedro has for these formats, and what becomes of its arguments (kedro-datasets 9.6 with pandas 2, polars 1, and Python's json
 * and PyYAML). Types are Java's business here, so arguments that say how columns are typed are dropped; what changes which rows, columns or
 * bytes there are is refused.
 */
final class KedroAliases {
    private static final Map<String, String> LINE_ENDS = Map.of("\n", "lf", "\r\n", "crlf");

    private KedroAliases() {}

    static List<FormatAlias> csv() {
        return List.of(
                FormatAlias.of("pandas.CSVDataset", pandasLoad(), pandasSave()),
                FormatAlias.of("polars.CSVDataset", polarsLoad(), polarsSave()));
    }

    private static ArgumentRules pandasLoad() {
        return ArgumentRules.of("pandas.read_csv")
                .kept("sep", "delimiter", "encoding")
                .only("header", 0, "infer")
                .only("index_col", null, false)
                .only("quotechar", "\"")
                .only("quoting", 0, 1)
                .only("doublequote", true)
                .only("decimal", ".")
                .only("lineterminator", null, "\n")
                .only("skipinitialspace", false)
                .only("skip_blank_lines", true)
                .only("skiprows", null, 0)
                .only("skipfooter", 0)
                .only("compression", null, "infer")
                .only("encoding_errors", "strict")
                .only("on_bad_lines", "error")
                .only("na_filter", true)
                .only("keep_default_na", true)
                .only("na_values", null, "")
                .only("iterator", false)
                .onlyNull("escapechar", "comment", "thousands", "nrows", "chunksize", "usecols")
                .ignored("engine", "low_memory", "memory_map", "float_precision", "cache_dates", "verbose")
                .ignored("dtype", "dtype_backend", "parse_dates", "infer_datetime_format", "date_format", "dayfirst")
                .refused("names", "converters", "true_values", "false_values", "dialect", "storage_options")
                .refused("date_parser", "keep_date_col", "prefix", "squeeze", "mangle_dupe_cols");
    }

    private static ArgumentRules pandasSave() {
        return ArgumentRules.of("pandas.DataFrame.to_csv")
                .kept("sep", "encoding", "index")
                .renamed("lineterminator", "line_end", LINE_ENDS)
                .renamed("line_terminator", "line_end", LINE_ENDS)
                .only("header", true)
                .only("na_rep", "")
                .only("index_label", null, false)
                .only("mode", "w", "wb", "wt")
                .only("quoting", 0)
                .only("quotechar", "\"")
                .only("doublequote", true)
                .only("decimal", ".")
                .only("errors", "strict")
                .only("compression", null, "infer")
                .onlyNull("float_format", "date_format", "columns", "escapechar")
                .ignored("chunksize")
                .refused("storage_options");
    }

    private static ArgumentRules polarsLoad() {
        return ArgumentRules.of("polars.read_csv")
                .renamed("separator", "separator")
                .renamed("encoding", "encoding", Map.of("utf8", "utf-8", "utf-8", "utf-8"))
                .only("has_header", true)
                .only("quote_char", "\"")
                .only("eol_char", "\n")
                .only("skip_rows", 0)
                .only("skip_rows_after_header", 0)
                .only("skip_lines", 0)
                .only("null_values", null, "")
                .only("missing_utf8_is_empty_string", false)
                .only("ignore_errors", false)
                .only("truncate_ragged_lines", false)
                .only("decimal_comma", false)
                .only("raise_if_empty", true, false)
                .onlyNull("comment_prefix", "n_rows", "columns", "row_index_name")
                .ignored(
                        "infer_schema",
                        "infer_schema_length",
                        "try_parse_dates",
                        "schema",
                        "schema_overrides",
                        "dtypes")
                .ignored("n_threads", "batch_size", "low_memory", "rechunk", "use_pyarrow", "sample_size")
                .refused("new_columns", "row_index_offset", "storage_options", "glob");
    }

    private static ArgumentRules polarsSave() {
        return ArgumentRules.of("polars.DataFrame.write_csv")
                .kept("separator")
                .renamed("line_terminator", "line_end", LINE_ENDS)
                .only("include_header", true)
                .only("include_bom", false)
                .only("quote_char", "\"")
                .only("quote_style", null, "necessary")
                .only("null_value", null, "")
                .only("decimal_comma", false)
                .onlyNull("date_format", "datetime_format", "time_format", "float_precision", "float_scientific")
                .ignored("batch_size")
                .refused("storage_options");
    }

    /** Kedro indents by two spaces unless told otherwise. */
    static List<FormatAlias> json() {
        return List.of(FormatAlias.of(
                "json.JSONDataset",
                ArgumentRules.of("json.load").refused("cls", "object_hook", "parse_float", "parse_int"),
                ArgumentRules.of("json.dump")
                        .kept("indent")
                        .withDefault("indent", 2)
                        .only("ensure_ascii", false)
                        .only("sort_keys", false)
                        .only("allow_nan", false)
                        .only("skipkeys", false)
                        .onlyNull("separators")
                        .ignored("check_circular")
                        .refused("cls", "default")));
    }

    static List<FormatAlias> yaml() {
        return List.of(FormatAlias.of(
                "yaml.YAMLDataset",
                ArgumentRules.of("yaml.safe_load"),
                ArgumentRules.of("yaml.dump")
                        .only("default_flow_style", false)
                        .only("sort_keys", false)
                        .only("allow_unicode", true)
                        .only("encoding", null, "utf-8")
                        .only("indent", null, 2)
                        .only("explicit_start", null, false)
                        .only("explicit_end", null, false)
                        .only("canonical", null, false)
                        .only("line_break", null, "\n")
                        .onlyNull("default_style")
                        .refused("width", "tags", "version", "Dumper")));
    }

    static List<FormatAlias> text() {
        return List.of(FormatAlias.of(
                "text.TextDataset", ArgumentRules.of("text.TextDataset"), ArgumentRules.of("text.TextDataset")));
    }
}
