package dev.contraflow.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.internal.config.Template.Joined;
import dev.contraflow.internal.config.Template.Literal;
import dev.contraflow.internal.config.TemplateParser.MalformedException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateParserTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            plain $ text                | Literal[text=plain $ text]
            ${a.b[0]}                   | Path[up=0, keys=[Literal[text=a], Literal[text=b], Literal[text=0]]]
            ${ ..a-b }                  | Path[up=2, keys=[Literal[text=a-b]]]
            ${x${y}}                    | Path[up=0, keys=[Joined[parts=[Literal[text=x], Path[up=0, keys=[Literal[text=y]]]]]]]
            a${b}c                      | Joined[parts=[Literal[text=a], Path[up=0, keys=[Literal[text=b]]], Literal[text=c]]]
            \\${b}                      | Literal[text=${b}]
            \\\\${b}                    | Joined[parts=[Literal[text=\\], Path[up=0, keys=[Literal[text=b]]]]]
            ${r:}                       | Call[resolver=r, arguments=[]]
            ${r.s: x y , 'a, b',}       | Call[resolver=r.s, arguments=[Word[text=x y], Joined[parts=[Literal[text=a, b]]], Word[text=]]]
            ${r:[1, {k: v:w}, ]}        | Call[resolver=r, arguments=[Items[items=[Word[text=1], Entries[entries=[Word[text=k]=Word[text=v:w]]]]]]]
            ${r:a\\,b, "\\"${c}\\""}    | Call[resolver=r, arguments=[Literal[text=a,b], Joined[parts=[Joined[parts=[Literal[text="], Path[up=0, keys=[Literal[text=c]]], Literal[text="]]]]]]]
            ${r:s3://b/${c} , x}        | Call[resolver=r, arguments=[Joined[parts=[Literal[text=s3://b/], Path[up=0, keys=[Literal[text=c]]]]], Word[text=x]]]
            """)
    void takesTextsApart(String text, String template) throws MalformedException {
        assertThat(TemplateParser.parse(text)).hasToString(template);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${",
                "${a",
                "${a.",
                "${a.}",
                "${a b}",
                "${[a}",
                "${a]}",
                "${r:[1}",
                "${r:'x}",
                "${r:{a}}",
                "${r:{a: 1}",
                "${r:'a' b}",
                "${.}",
                "${}",
                "${a,b}",
                "${${}}"
            })
    void refusesWhatOnlyBeginsLikeAReferenceWithoutQuotingIt(String text) {
        assertThatThrownBy(() -> TemplateParser.parse("hunter2" + text))
                .isInstanceOf(MalformedException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("hunter2"));
    }

    @Test
    void whatIsEscapedReadsAsItself() throws MalformedException {
        Random random = new Random(7);
        for (int i = 0; i < 1000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                text.append("\\${}ab:".charAt(random.nextInt(7)));
            }
            Template read = TemplateParser.parse(TemplateParser.escaped(text.toString()));
            String literal = read instanceof Literal one
                    ? one.text()
                    : read instanceof Joined j && j.parts().isEmpty() ? "" : null;
            assertThat(literal).isEqualTo(text.toString());
        }
    }
}
