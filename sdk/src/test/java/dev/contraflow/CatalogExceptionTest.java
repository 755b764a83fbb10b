package dev.contraflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException.Problem;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.catalog.Problems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CatalogExceptionTest {
    private static final SourcePosition AT = new SourcePosition("f.yml", 1, 2);

    private static Problem problem(int number) {
        return new Problem(AT, "mistake " + number);
    }

    @Test
    void aSingleProblemHasItsPositionApartFromItsMessage() {
        CatalogException one = new CatalogException(AT, "it is odd.");
        assertThat(one).hasMessage("f.yml:1:2: it is odd.");
        assertThat(one.problems()).containsExactly(new Problem(AT, "it is odd."));
        assertThat(new CatalogException("odd").problems()).containsExactly(new Problem(null, "odd"));
    }

    @Test
    void severalProblemsAreAtMostSixLinesAndAllInTheList() {
        List<Problem> seven =
                IntStream.range(0, 7).mapToObj(CatalogExceptionTest::problem).toList();
        CatalogException all = new CatalogException(seven, 3);
        assertThat(all.getMessage().lines())
                .hasSize(6)
                .startsWith("f.yml:1:2: mistake 0")
                .endsWith("and 5 more");
        assertThat(all.problems()).isEqualTo(seven);
        assertThatThrownBy(() -> new CatalogException(List.of(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void survivesSerialization() throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(new CatalogException(AT, "odd"));
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject())
                    .isInstanceOfSatisfying(
                            CatalogException.class,
                            e -> assertThat(e.problems()).containsExactly(new Problem(AT, "odd")));
        }
    }

    @Test
    void listsAHundredAndCountsTheRestWithoutMakingTheirMessages() {
        Problems problems = new Problems();
        for (int i = 0; i < 150; i++) {
            int number = i;
            problems.add(() -> {
                assertThat(number).isLessThan(100);
                return new CatalogException(AT, "mistake " + number);
            });
        }
        assertThatThrownBy(problems::throwIfAny).isInstanceOfSatisfying(CatalogException.class, e -> {
            assertThat(e.problems()).hasSize(100);
            assertThat(e.getMessage()).endsWith("\nand 145 more");
        });
    }

    @Test
    void whatIsReportedTwiceIsOneMistakeAndAListOfMistakesIsNotOne() {
        Problems problems = new Problems();
        problems.check(() -> {
            throw new CatalogException(List.of(problem(1), problem(2)), 0);
        });
        problems.add(() -> new CatalogException(AT, "mistake 2"));
        assertThatThrownBy(problems::throwIfAny).hasMessage("f.yml:1:2: mistake 1\nf.yml:1:2: mistake 2");
    }
}
