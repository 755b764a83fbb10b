package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.TypeRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.spi.Providers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Kedro's names for the formats of this module, and its arguments. */
class KedroAliasesTest {
    private static final TypeRef<List<Row>> ROWS = new TypeRef<>() {};
    private static final TypeRef<Row> ROW = new TypeRef<>() {};

    record Row(String name, int count) {}

    private final Providers providers = Providers.discover();

    @Test
    void eachNameLeadsToItsFormat() {
        Map<String, String> names = Map.of(
                "pandas.CSVDataset", "csv",
                "polars.CSVDataset", "csv",
                "json.JSONDataset", "json",
                "yaml.YAMLDataset", "yaml",
                "text.TextDataset", "text");
        names.forEach((name, id) -> assertThat(providers.typeId(name)).as(name).isEqualTo(id));
    }

    @Test
    void argumentsOfPandasThatCarryOverAreHonoured() throws IOException {
        Format<List<Row>> csv = format(
                "pandas.CSVDataset",
                ROWS,
                Map.<String, Object>of(
                        "sep", ";", "header", 0, "dtype", Map.of("name", "str"), "engine", "c", "low_memory", false),
                Map.<String, Object>of(
                        "index",
                        false,
                        "lineterminator",
                        "\r\n",
                        "quotechar",
                        "\"",
                        "na_rep",
                        "",
                        "encoding",
                        "utf-8"));
        assertThat(encoded(csv, List.of(new Row("a", 1)))).isEqualTo("name;count\r\na;1\r\n");
        assertThat(decoded(csv, "name;count\nb;2\n")).containsExactly(new Row("b", 2));
    }

    @Test
    void argumentsOfPolarsThatCarryOverAreHonoured() throws IOException {
        Format<List<Row>> csv = format(
                "polars.CSVDataset",
                ROWS,
                Map.<String, Object>of(
                        "separator", "|", "has_header", true, "encoding", "utf8", "infer_schema_length", 100),
                Map.<String, Object>of("include_header", true));
        assertThat(encoded(csv, List.of(new Row("a", 1)))).isEqualTo("name|count\na|1\n");
    }

    @Test
    void jsonIsIndentedAsKedroDoesItUnlessToldOtherwise() throws IOException {
        Row row = new Row("ä", 1);
        assertThat(encoded(format("json.JSONDataset", ROW, Map.of(), Map.of()), row))
                .isEqualTo("{\n  \"name\": \"ä\",\n  \"count\": 1\n}");
        assertThat(encoded(
                        format(
                                "json.JSONDataset",
                                ROW,
                                Map.of(),
                                Map.<String, Object>of("indent", 4, "ensure_ascii", false)),
                        row))
                .isEqualTo("{\n    \"name\": \"ä\",\n    \"count\": 1\n}");
        assertThat(encoded(format("json", ROW, Map.of(), Map.of()), row)).isEqualTo("{\"name\":\"ä\",\"count\":1}");
    }

    @Test
    void yamlIsWrittenInBlocksAnyway() throws IOException {
        Map<String, Object> arguments = Map.<String, Object>of("default_flow_style", false, "sort_keys", false);
        assertThat(encoded(format("yaml.YAMLDataset", ROW, Map.of(), arguments), new Row("a", 1)))
                .isEqualTo("name: a\ncount: 1\n");
    }

    @Test
    void argumentsThatCannotBeHonouredAreRefusedByName() {
        assertRefused(
                "pandas.CSVDataset", Map.of("nrows", 10), Map.of(), "'nrows' in 'load_args' can only be null here");
        assertRefused("pandas.CSVDataset", Map.of("skiprows", 3), Map.of(), "'skiprows'");
        assertRefused("pandas.CSVDataset", Map.of("na_values", List.of("?")), Map.of(), "'na_values'");
        assertRefused(
                "pandas.CSVDataset",
                Map.of("names", List.of("a")),
                Map.of(),
                "'names' in 'load_args' is an argument of" + " pandas.read_csv that cannot be honoured here");
        assertRefused(
                "pandas.CSVDataset", Map.of(), Map.of("mode", "a"), "'mode' in 'save_args' can only be 'w' or 'wb'");
        assertRefused("pandas.CSVDataset", Map.of(), Map.of("index", true), "'index' in 'save_args' is true");
        assertRefused(
                "pandas.CSVDataset",
                Map.of("spe", ";"),
                Map.of(),
                "unknown key 'spe' in 'load_args'. Did you mean 'sep'?");
        assertRefused(
                "json.JSONDataset",
                Map.of(),
                Map.of("sort_keys", true),
                "'sort_keys' in 'save_args' can only be false");
        assertRefused("yaml.YAMLDataset", Map.of(), Map.of("default_flow_style", true), "'default_flow_style'");
        assertRefused("text.TextDataset", Map.of("x", 1), Map.of(), "unknown key 'x' in 'load_args'");
    }

    private void assertRefused(String type, Map<String, ?> load, Map<String, ?> save, String message) {
        assertThatThrownBy(() -> format(type, ROWS, load, save))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining(message);
    }

    private <T> Format<T> format(String name, TypeRef<T> type, Map<String, ?> load, Map<String, ?> save) {
        FormatOptions written =
                new FormatOptions(ConfigSection.of("load_args", load), ConfigSection.of("save_args", save));
        FormatOptions options = providers
                .formatAlias(name)
                .map(alias -> alias.translation().apply(written))
                .orElse(written);
        Format<T> format = providers.format(name).orElseThrow().create(type, options);
        options.load().rejectOtherKeys();
        options.save().rejectOtherKeys();
        return format;
    }

    private static <T> String encoded(Format<T> format, T value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.encode(value, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static <T> T decoded(Format<T> format, String text) throws IOException {
        return format.decode(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
