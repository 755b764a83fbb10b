package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.CatalogException;
import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.testkit.FormatContract;
import dev.contraflow.testkit.Samples;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class CsvFormatTest extends FormatContract {
    private static final TypeRef<List<Order>> ORDERS = new TypeRef<>() {};
    private static final TypeRef<List<Map<String, String>>> TEXTS = new TypeRef<>() {};
    private static final TypeRef<List<Map<String, Object>>> VALUES = new TypeRef<>() {};

    record Order(
            int id,
            @Nullable String customer,
            double price,
            @Nullable Long count,
            boolean paid,
            Optional<LocalDate> due) {}

    record One(@Nullable String only) {}

    record Renamed(@JsonProperty("Sepal Length") double length) {}

    record Anything(@Nullable Object left, @Nullable Object right) {}

    record Bag(List<String> items) {}

    record Empty() {}

    @Override
    protected FormatProvider provider() {
        return new CsvFormatProvider();
    }

    @Override
    protected List<Samples<?>> samples() {
        return Bytes.listsAndRows(
                Samples.of(
                                ORDERS,
                                List.of(),
                                List.of(
                                        order(1, "", -0.0, null),
                                        order(-2, null, Double.NaN, 5L),
                                        order(3, " a,\"b\"\r\n;\t", Double.NEGATIVE_INFINITY, Long.MIN_VALUE)))
                        .refusing(
                                List.of(order(1, "\udc00", 1, 1L)),
                                Arrays.asList(order(1, "", 1, 1L), Bytes.nullValue()),
                                List.of(new Order(1, "", 1, 1L, true, Bytes.nullValue()))),
                Samples.of(
                        new TypeRef<List<One>>() {},
                        List.of(new One(null), new One(""), new One(null)),
                        List.of(new One("\r"), new One("#"), new One("\ufeff"))),
                Samples.of(new TypeRef<List<TreeSamples.Numbers>>() {}, List.of(Bytes.numbers())),
                Samples.of(new TypeRef<List<TreeSamples.Times>>() {}, List.of()),
                Samples.of(new TypeRef<List<Renamed>>() {}, List.of(new Renamed(1e-7))),
                Samples.of(
                                new TypeRef<List<Anything>>() {},
                                List.of(
                                        new Anything("1", 1),
                                        new Anything("", null),
                                        new Anything(true, "true"),
                                        new Anything(1.0, "1.0"),
                                        new Anything("-", 5_000_000_000L),
                                        new Anything("1e999", BigInteger.TWO.pow(70)),
                                        new Anything(Double.NaN, "NaN")))
                        .refusing(
                                List.of(new Anything(1L, null)),
                                List.of(new Anything(BigDecimal.ONE, null)),
                                List.of(new Anything(List.of(), null)),
                                List.of(new Anything(1.0f, 'c'))),
                Samples.of(
                                TEXTS,
                                List.of(),
                                List.of(row("b", "1", "a", null), row("b", "", "a", "x\ny")),
                                List.of(row("\ufeffbom", "1")),
                                List.of(row("", null), row("", "")))
                        .refusing(
                                List.of(row("a", "1"), row("b", "1")),
                                List.of(row("a", "1"), row("a", "1", "b", "1")),
                                List.of(row("a", "1", "b", "1"), row("b", "1", "a", "1")),
                                List.of(row()),
                                List.of(row("\ud800", "1"))),
                Samples.of(VALUES, List.of(TreeSamples.ordered("a", 1, "b", "007", "c", null, "d", 0.5)))
                        .refusing(List.of(Map.of("a", 1L))));
    }

    private static Order order(int id, @Nullable String customer, double price, @Nullable Long count) {
        return new Order(id, customer, price, count, id > 0, id == 1 ? Optional.of(LocalDate.EPOCH) : Optional.empty());
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // texts and nulls only
    private static Map<String, String> row(@Nullable Object... keysAndValues) {
        return (Map) TreeSamples.ordered(keysAndValues);
    }

    @Override
    protected List<TypeRef<?>> unsupportedTypes() {
        return List.of(
                TypeRef.of(Order.class),
                TypeRef.of(List.class),
                new TypeRef<List<String>>() {},
                new TypeRef<List<Bag>>() {},
                new TypeRef<List<Empty>>() {},
                new TypeRef<List<Map<Integer, String>>>() {},
                new TypeRef<List<Map<String, List<String>>>>() {},
                new TypeRef<List<? extends Order>>() {},
                new TypeRef<Map<String, String>>() {},
                new TypeRef<List<Thread>>() {},
                new TypeRef<Rows<String>>() {},
                new TypeRef<Rows<Bag>>() {},
                new TypeRef<Rows<? extends Order>>() {});
    }

    @Override
    protected boolean detectsTruncation(TypeRef<?> type) {
        return false; // whole lines may be missing, and characters of the last cell
    }

    /** The same contract with another separator and other line ends. */
    @Nested
    class SemicolonsAndCrlf extends FormatContract {
        @Override
        protected FormatProvider provider() {
            return new CsvFormatProvider();
        }

        @Override
        protected FormatOptions options() {
            return save(Map.of("separator", ";", "line_end", "crlf"));
        }

        @Override
        protected List<Samples<?>> samples() {
            return CsvFormatTest.this.samples();
        }

        @Override
        protected List<TypeRef<?>> unsupportedTypes() {
            return CsvFormatTest.this.unsupportedTypes();
        }

        @Override
        protected boolean detectsTruncation(TypeRef<?> type) {
            return false;
        }

        @Test
        void standInTheBytes() throws IOException {
            Format<List<Map<String, String>>> format = provider().create(TEXTS, options());
            assertThat(new String(Bytes.encode(format, List.of(row("a", "1,2", "b", "3;4"))), StandardCharsets.UTF_8))
                    .isEqualTo("a;b\r\n1,2;\"3;4\"\r\n");
        }
    }

    @Test
    void writesAHeaderAndRows() throws IOException {
        assertThat(Bytes.encoded(provider(), ORDERS, List.of(order(1, "", 1e-7, null), order(2, null, 2.0, 3L))))
                .isEqualTo("id,customer,price,count,paid,due\n1,\"\",1.0E-7,,true,1970-01-01\n2,,2.0,3,true,\n");
        assertThat(Bytes.encoded(provider(), ORDERS, List.of())).isEqualTo("id,customer,price,count,paid,due\n");
        assertThat(Bytes.encoded(provider(), TEXTS, List.of())).isEmpty();
        assertThat(Bytes.encoded(provider(), new TypeRef<List<One>>() {}, List.of(new One(null), new One(""))))
                .isEqualTo("only\n\n\"\"\n");
        assertThat(Bytes.encoded(provider(), VALUES, List.of(TreeSamples.ordered("a", "1", "b", 1, "c", "x"))))
                .isEqualTo("a,b,c\n\"1\",1,x\n");
    }

    @Test
    void errorsOfRowsAreThoseOfLists() {
        assertThatThrownBy(() -> Bytes.decoded(provider(), new TypeRef<Rows<One>>() {}, "only\na\nb,c\n"))
                .isInstanceOf(IOException.class)
                .hasMessage("Cannot read csv at line 3: the line has 2 cells, but the header has 1");
        assertThatThrownBy(() -> Bytes.encoded(
                        provider(), new TypeRef<Rows<One>>() {}, Rows.of(List.of(new One("a"), new One("\ud800")))))
                .isInstanceOf(UnencodableValueException.class)
                .hasMessageStartingWith("csv cannot hold the value in row 2, column 'only': the text has half");
        assertThatThrownBy(() -> provider().create(new TypeRef<Rows<String>>() {}, FormatOptions.none()))
                .hasMessageStartingWith("csv holds a List or Rows of flat records")
                .hasMessageEndingWith("not Rows<String>: String is not a row");
    }

    @Test
    void readsWhatPandasWrites() throws IOException {
        String csv =
                "\ufeffpaid,id,count,price,customer,due\r\nTrue,1.0,5.0,1e-07,a,\r\n\r\nFalse,\"2\",\"\",-inf,\"\",2024-01-31\r\n";
        assertThat(Bytes.decoded(provider(), ORDERS, csv))
                .isEqualTo(List.of(
                        new Order(1, "a", 1e-7, 5L, true, Optional.empty()),
                        new Order(
                                2, "", Double.NEGATIVE_INFINITY, null, false, Optional.of(LocalDate.of(2024, 1, 31)))));
        assertThat(Bytes.decoded(provider(), VALUES, "a,b\n1,1.5\nTrue,\n007,\"7\"\n2147483648,nan"))
                .isEqualTo(List.of(
                        TreeSamples.ordered("a", 1, "b", 1.5),
                        TreeSamples.ordered("a", true, "b", null),
                        TreeSamples.ordered("a", "007", "b", "7"),
                        TreeSamples.ordered("a", 2147483648L, "b", "nan")));
    }

    @Test
    void errorsWhileReadingNameLineColumnAndValue() {
        String header = "id,customer,price,count,paid,due\n";
        assertUnreadable(
                ORDERS,
                header + "1,\"a\n\",1,1,true,\nx,a,1,1,true,\n",
                "Cannot read csv at line 4, column 'id': expected a whole number (Integer), but found 'x'");
        assertUnreadable(
                ORDERS,
                header + "1.5,a,1,1,true,\n",
                "line 2, column 'id': expected a whole number (Integer), but found '1.5'");
        assertUnreadable(
                ORDERS,
                header + "1,a,1d,1,true,\n",
                "line 2, column 'price': expected a number (Double), but found '1d'");
        assertUnreadable(
                ORDERS,
                header + "1,a,1,1,maybe,\n",
                "line 2, column 'paid': expected true or false (Boolean), but found 'maybe'");
        assertUnreadable(
                ORDERS,
                header + ",a,1,1,true,\n",
                "line 2, column 'id': expected a whole number (Integer), but found nothing");
        assertUnreadable(
                ORDERS, header + "1,a\n", "Cannot read csv at line 2: the line has 2 cells, but the header has 6");
        assertUnreadable(
                ORDERS,
                header + "1,a,1,1,true,,\n",
                "Cannot read csv at line 2: the line has 7 cells, but the header has 6");
        assertUnreadable(
                ORDERS,
                header + "1,a\rb,1,1,true,\n",
                "Cannot read csv at line 2: the line has 2 cells, but the header has 6");
        assertUnreadable(
                ORDERS,
                "id,custmer,price,count,paid,due\n",
                "Cannot read csv at line 1: record Order has no component for the column 'custmer'. Did you mean 'customer'? It has: id, customer, price, count, paid, due");
        assertUnreadable(
                ORDERS,
                "id,customer\n",
                "Cannot read csv at line 1: the file has no column 'price'. It has: id, customer");
        assertUnreadable(
                ORDERS,
                "",
                "Cannot read csv: there is no header. Expected the columns id, customer, price, count, paid, due");
        assertUnreadable(TEXTS, "a,b,a\n", "Cannot read csv at line 1: the header has the column 'a' twice");
        assertUnreadable(TEXTS, "a\n\"b", "Cannot read csv: ");
    }

    @Test
    void refusalsNameRowAndColumn() {
        assertRefused(
                ORDERS,
                List.of(order(1, "", 1, 1L), order(2, "a\ud800", 1, 1L)),
                "csv cannot hold the value in row 2, column 'customer': the text has half of a surrogate pair at character 1 (U+D800), which UTF-8 cannot hold");
        assertRefused(
                TEXTS,
                List.of(row("a", "1"), row("b", "1")),
                "csv cannot hold the value in row 2: the row has the columns [b], but the first row has [a]");
        assertRefused(
                TEXTS,
                List.of(row("a", "1", "b", "2"), row("b", "1", "a", "2")),
                "csv cannot hold the value in row 2: the row has the columns [b, a], but the first row has [a, b], in another order; make rows in one order");
        assertRefused(TEXTS, List.of(row()), "csv cannot hold the value in row 1: the first row has no columns");
        assertRefused(
                TEXTS,
                Arrays.asList(Bytes.nullValue(), row("a", "1")),
                "csv cannot hold the value in row 1: the row is null");
        assertRefused(
                VALUES,
                List.of(Map.of("a", 1L)),
                "csv cannot hold the value in row 1, column 'a': the Long 1 would come back as a number of another class");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        assertThatThrownBy(() -> Bytes.decode(
                        provider().create(TEXTS, FormatOptions.none()), new byte[] {'a', '\n', (byte) 0xe9, '\n'}))
                .isInstanceOf(IOException.class)
                .hasMessage("Cannot read csv: the bytes are not UTF-8");
    }

    @Test
    void aSeparatorGivenOnOneSideHoldsForBoth() throws IOException {
        for (String key : List.of("separator", "sep", "delimiter")) {
            Format<List<Map<String, String>>> format = provider().create(TEXTS, load(Map.of(key, "\\t")));
            byte[] bytes = Bytes.encode(format, List.of(row("a", "1", "b", ",")));
            assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("a\tb\n1\t,\n");
            assertThat(Bytes.decode(format, bytes)).isEqualTo(List.of(row("a", "1", "b", ",")));
        }
    }

    @Test
    void optionsThatCannotBeRightAreRefused() {
        assertWrong(
                load(Map.of("sep", "||")),
                "(code): 'sep' in 'load_args' must be one character, and not a quote or a line end.");
        assertWrong(
                load(Map.of("sep", ";", "delimiter", ";")),
                "(code): 'delimiter' in 'load_args' says the same as another key. Keep one of: separator, sep, delimiter.");
        assertWrong(
                save(Map.of("line_end", "cr")),
                "(code): 'line_end' in 'save_args' is 'cr', but must be one of: lf, crlf.");
        assertWrong(
                save(Map.of("index", true)),
                "(code): 'index' in 'save_args' is true, but there is no index to write. Make it a column.");
        assertWrong(
                new FormatOptions(
                        ConfigSection.of("load_args", Map.of("sep", ";")),
                        ConfigSection.of("save_args", Map.of("sep", ","))),
                "(code): 'sep' in 'save_args' is not the separator of load_args: the dataset could not read what it wrote. Use two views, 'name@in' and 'name@out'.");
    }

    @Test
    void itsOptionsAreKnownToTheCatalog() {
        FormatOptions options = new FormatOptions(
                ConfigSection.of("load_args", Map.of("sep", ";", "encoding", "utf-8")),
                ConfigSection.of(
                        "save_args",
                        Map.<String, Object>of("sep", ";", "index", false, "line_end", "lf", "encoding", "UTF-8")));
        assertThat(provider().create(TEXTS, options).isExact()).isTrue();
        options.load().rejectOtherKeys();
        options.save().rejectOtherKeys();
    }

    private static FormatOptions load(Map<String, ?> load) {
        return new FormatOptions(ConfigSection.of("load_args", load), ConfigSection.empty("save_args"));
    }

    private static FormatOptions save(Map<String, ?> save) {
        return new FormatOptions(ConfigSection.empty("load_args"), ConfigSection.of("save_args", save));
    }

    private void assertWrong(FormatOptions options, String message) {
        assertThatThrownBy(() -> provider().create(TEXTS, options))
                .isInstanceOf(CatalogException.class)
                .hasMessage(message);
    }

    private <T> void assertUnreadable(TypeRef<T> type, String csv, String message) {
        assertThatThrownBy(() -> Bytes.decoded(provider(), type, csv))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }

    private <T> void assertRefused(TypeRef<T> type, T value, String message) {
        assertThatThrownBy(() -> Bytes.encoded(provider(), type, value))
                .isInstanceOf(UnencodableValueException.class)
                .hasMessageContaining(message);
    }
}
