package dev.contraflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RowsTest {
    private final List<String> told = new ArrayList<>();

    /** Three numbers that tell when they are opened, read and closed. */
    private final Rows<Integer> numbers = () -> {
        told.add("open");
        return new Rows.Cursor<>() {
            private int row;

            @Override
            public boolean advance() {
                told.add("read " + (row + 1));
                return ++row <= 3;
            }

            @Override
            public Integer row() {
                return row;
            }

            @Override
            public void close() {
                told.add("close");
            }
        };
    };

    @Test
    void aListIsCopiedAndMayHoldNulls() throws IOException {
        List<String> list = new ArrayList<>(Arrays.asList("a", null));
        Rows<String> rows = Rows.of(list);
        list.clear();
        assertThat(rows.toList()).containsExactly("a", null);
        assertThat(rows.count()).isEqualTo(2);
        assertThat(rows.toList()).isUnmodifiable();
        assertThat(rows).hasToString("[a, null]");
    }

    @Test
    void nothingIsReadBeforeTheRowsAreAndEveryOpenBeginsAnew() throws IOException {
        Rows<String> made = numbers.filter(n -> n != 2).map(n -> "n" + n).flatMap(n -> List.of(n, n + "!"));
        assertThat(told).isEmpty();
        for (int i = 0; i < 2; i++) {
            told.clear();
            assertThat(made.toList()).containsExactly("n1", "n1!", "n3", "n3!");
            assertThat(told).containsExactly("open", "read 1", "read 2", "read 3", "read 4", "close");
        }
    }

    @Test
    void rowsAreReadOneByOne() throws IOException {
        try (Rows.Cursor<String> cursor = numbers.map(n -> "n" + n).open()) {
            assertThat(cursor.advance()).isTrue();
            assertThat(cursor.row()).isEqualTo("n1").isSameAs(cursor.row());
            assertThat(told).containsExactly("open", "read 1");
        }
        assertThat(told).containsExactly("open", "read 1", "close");
    }

    @Test
    void flatMapTakesNothingOneOrSeveral() throws IOException {
        Map<Integer, List<String>> parts = Map.of(1, List.of(), 2, List.of("a", "b"), 3, List.of("c"));
        assertThat(numbers.flatMap(n -> parts.getOrDefault(n, List.of())).toList())
                .containsExactly("a", "b", "c");
    }

    @Test
    void aStreamClosesTheRowsAtItsEndOrWhenItIsClosed() {
        assertThat(numbers.stream().collect(Collectors.summingInt(n -> n))).isEqualTo(6);
        assertThat(told).endsWith("read 4", "close");
        told.clear();
        try (Stream<Integer> stream = numbers.stream()) {
            assertThat(stream.findFirst()).isEqualTo(Optional.of(1));
        }
        assertThat(told).containsExactly("open", "read 1", "close");
    }

    @Test
    void aStreamOfNullsIsRead() {
        assertThat(Rows.of(Collections.singletonList((String) null)).stream().toList())
                .hasSize(1);
    }

    @Test
    void rowsFromStreamsAreOpenedAnewAndClosed() throws IOException {
        Rows<Integer> rows = Rows.from(() -> {
            told.add("open");
            return IntStream.rangeClosed(1, 3).boxed().onClose(() -> told.add("close"));
        });
        assertThat(rows.toList()).containsExactly(1, 2, 3);
        assertThat(rows.count()).isEqualTo(3);
        assertThat(told).containsExactly("open", "close", "open", "close");
        assertThat(Rows.from(() -> Stream.concat(rows.stream(), numbers.stream()))
                        .count())
                .isEqualTo(6);
    }

    @Test
    void theExceptionsOfTheUsersFunctionsArriveAsTheyAre() {
        for (Exception problem : List.of(new IOException("no"), new IllegalStateException("no"))) {
            for (Rows<Integer> rows : failing(problem)) {
                assertThatThrownBy(rows::toList).isSameAs(problem);
            }
        }
        Exception checked = new Exception("no");
        for (Rows<Integer> rows : failing(checked)) {
            assertThatThrownBy(rows::toList)
                    .isInstanceOf(UndeclaredThrowableException.class)
                    .hasCause(checked);
        }
        assertThat(told.stream().filter("close"::equals))
                .hasSameSizeAs(told.stream().filter("open"::equals).toList());
    }

    private List<Rows<Integer>> failing(Exception problem) {
        return List.of(
                numbers.map(n -> fail(problem)),
                numbers.filter(n -> fail(problem) == 0),
                numbers.flatMap(n -> List.of(fail(problem))),
                Rows.from(() -> Stream.of(fail(problem))));
    }

    private static int fail(Exception problem) throws Exception {
        throw problem;
    }

    @Test
    void failedReadsOfStreamsAreIoExceptionsAndTheOtherWayRound() {
        IOException problem = new IOException("no");
        Rows<Object> fromStream = Rows.from(() -> Stream.generate(() -> {
            throw new UncheckedIOException(problem);
        }));
        assertThatThrownBy(fromStream::toList).isSameAs(problem);
        Rows<Object> broken = () -> {
            throw problem;
        };
        assertThatThrownBy(broken::stream)
                .isInstanceOf(UncheckedIOException.class)
                .hasCause(problem);
        assertThatThrownBy(() -> fromStream.stream().toList())
                .isInstanceOf(UncheckedIOException.class)
                .hasCause(problem);
    }

    @Test
    void aCursorClosesWhatItWasGiven() throws IOException {
        try (Rows.Cursor<Integer> cursor = numbers.open().onClose(() -> told.add("resource"))) {
            assertThat(cursor.advance()).isTrue();
            assertThat(cursor.row()).isEqualTo(1);
        }
        assertThat(told).containsExactly("open", "read 1", "close", "resource");
    }

    @Test
    void onlyARefOfRowsIsOne() {
        DatasetRef<Rows<String>> ref = DatasetRef.rowsOf("r", String.class);
        assertThat(ref.isRows()).isTrue();
        assertThat(ref).isEqualTo(DatasetRef.of("r", new TypeRef<Rows<String>>() {}));
        assertThat(ref.type()).hasToString("Rows<String>");
        assertThat(DatasetRef.listOf("r", String.class).isRows()).isFalse();
        assertThat(DatasetRef.of("r", Object.class).isRows()).isFalse();
    }

    /** A kind of rows of its own. */
    private interface MyRows extends Rows<String> {}

    @Test
    void rowsWithinOtherTypesAreRefused() {
        assertThatThrownBy(() -> DatasetRef.of("r", MyRows.class))
                .isInstanceOf(PipelineException.class)
                .hasMessage("Dataset 'r' cannot have the type MyRows: rows are declared as Rows with the type of a row."
                        + " Use DatasetRef.rowsOf.");
        assertThatThrownBy(() -> DatasetRef.of("r", Rows.class)).isInstanceOf(PipelineException.class);
        assertThatThrownBy(() -> DatasetRef.of("r", new TypeRef<Map<String, List<Rows<String>>>>() {}))
                .isInstanceOf(PipelineException.class)
                .hasMessage("Dataset 'r' cannot have the type Map<String, List<Rows<String>>>: rows are the whole value"
                        + " of a dataset, not a part of one. Make each a dataset of its own.");
    }

    @Test
    void rowsForARefOfAnotherTypeAreTheNodesMistake() {
        Node node = Node.named("make")
                .readsNothing()
                .writes(DatasetRef.of("x", Object.class))
                .by(() -> Rows.of(List.of("a")));
        assertThatThrownBy(() -> node.call(new Object[0]))
                .isInstanceOf(NodeException.class)
                .hasMessage("Node 'make' returned Rows for dataset 'x', which is a Object. Declare it by"
                        + " DatasetRef.rowsOf, or return a List (rows.toList()).");
    }
}
