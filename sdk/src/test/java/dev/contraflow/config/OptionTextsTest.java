package dev.contraflow.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionTextsTest {
    private static @Nullable Object parameters(String text) {
        return new ConfigValue(OptionTexts.parameters(text), SourcePosition.code()).plain();
    }

    @Test
    void readsParametersWithTheTypesOfYaml() {
        assertThat(parameters("a.b=1, a.c = x ,on=yes,f=1e-3,t='1',n=,e={},u=s3://b/c,eq==1,day=2024-01-15,,"))
                .hasToString("{a={b=1, c=x}, on=true, f=0.001, t=1, n=null, e={}, u=s3://b/c, eq==1, day=2024-01-15}");
        assertThat(parameters(" ")).isEqualTo(Map.of());
    }

    @Test
    void keepsCommasThatBelongToAValue() {
        assertThat(parameters("a=[1, [2, 3]],b={x: [1, 2], y: 'p, q'},c=\"x,y\\\",z\",d='it''s, so',e=it's,f=x[1"))
                .isEqualTo(Map.of(
                        "a", List.of(1L, List.of(2L, 3L)),
                        "b", Map.of("x", List.of(1L, 2L), "y", "p, q"),
                        "c", "x,y\",z",
                        "d", "it's, so",
                        "e", "it's",
                        "f", "x[1"));
    }

    @Test
    void laterValuesHoldAndMapsAreMerged() {
        assertThat(parameters("a=1,a=2,b=1,b.c=2,d={x: 1},d={y: 2},e.f=1,e=x"))
                .isEqualTo(Map.of("a", 2L, "b", Map.of("c", 2L), "d", Map.of("x", 1L, "y", 2L), "e", "x"));
    }

    @Test
    void keysHaveDotsBracketsAndEscapes() {
        assertThat(parameters("a\\.b=1,c[0].d=2,e f=3"))
                .isEqualTo(Map.of("a.b", 1L, "c", Map.of("0", Map.of("d", 2L)), "e f", 3L));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            a            | The runtime parameter 'a' has no '='. Write it as 'model.depth=5'.
            a:1          | The runtime parameter 'a:1' has no '='. Write it as 'model.depth=5'.
            =1           | The runtime parameter '=1' has no name before the '='. Write it as 'model.depth=5'.
            a..b=1       | The runtime parameter 'a..b' has an empty name. Write it as 'model.depth'.
            a[]=1        | The runtime parameter 'a[]' has an empty name. Write it as 'model.depth'.
            a=*x         | The runtime parameter 'a' has a value that cannot be read: found undefined alias x. Quote a text that holds special characters: a='..'.
            a=[1,b=2     | The runtime parameter 'a' has a value that cannot be read: while parsing a flow sequence: expected ',' or ']', but got <stream end>. Quote a text that holds special characters: a='..'.
            a=%x         | The runtime parameter 'a' has a value that cannot be read: a text cannot begin with '%'. Quote it. Quote a text that holds special characters: a='..'.
            l=[1],l.x=2  | (runtime parameter l.x): 'l' is a list at (runtime parameter l), and a map cannot take its place. Give it a list.
            """)
    void refusesParametersThatCannotBeRead(String text, String message) {
        assertThatThrownBy(() -> OptionTexts.parameters(text))
                .isInstanceOf(CatalogException.class)
                .hasMessage(message);
    }

    @Test
    void listsAllMistakesOfAText() {
        assertThatThrownBy(() -> OptionTexts.parameters("a,b=1,=2,c=*x"))
                .isInstanceOfSatisfying(
                        CatalogException.class, e -> assertThat(e.problems()).hasSize(3));
    }

    @Test
    void readsLoadVersions() {
        assertThat(OptionTexts.loadVersions(" a:2024-01-01T00.00.00.000Z , b:x:y,a:1"))
                .isEqualTo(Map.of("a", "1", "b", "x:y"));
        assertThat(OptionTexts.loadVersions(" ")).isEmpty();
        assertThatThrownBy(() -> OptionTexts.loadVersions("a,b:..,c:x/y,d:"))
                .isInstanceOf(CatalogException.class)
                .hasMessage("The load version 'a' has no ':'. Write it as 'orders:2024-01-15T10.30.00.000Z'.\n"
                        + "'..' cannot be a version of 'b': a version is one plain name of a folder."
                        + " Write it as 'orders:2024-01-15T10.30.00.000Z'.\n"
                        + "'x/y' cannot be a version of 'c': a version is one plain name of a folder."
                        + " Write it as 'orders:2024-01-15T10.30.00.000Z'.\n"
                        + "'' cannot be a version of 'd': a version is one plain name of a folder."
                        + " Write it as 'orders:2024-01-15T10.30.00.000Z'.");
        assertThatThrownBy(() -> OptionTexts.loadVersions("a:1,")).hasMessageContaining("'' has no ':'");
    }

    @Test
    void readsNamesOfNodesAndOthers() {
        assertThat(OptionTexts.nodes(" a , ,f([a,b]) -> [c],x y")).containsExactly("a", "f([a,b]) -> [c]", "x y");
        assertThat(OptionTexts.names(" a , ,f([a,b])")).containsExactly("a", "f([a", "b])");
        assertThat(OptionTexts.nodes("  ")).isEmpty();
        for (String text : List.of("[a,b", "a],b", "f(a,b")) {
            assertThatThrownBy(() -> OptionTexts.nodes(text))
                    .isInstanceOf(CatalogException.class)
                    .hasMessage("The list of names '" + text
                            + "' has a bracket without its counterpart. Close it, or quote the option.");
        }
    }
}
