package dev.contraflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UserCodeTest {
    private static StackTraceElement at(String className, String file, int line) {
        return new StackTraceElement(className, "f", file, line);
    }

    private static StackTraceElement jdk(String className) {
        return new StackTraceElement("app", "java.base", "17", className, "f", "Jdk.java", 1);
    }

    private static String place(StackTraceElement... frames) {
        Throwable failure = new IllegalStateException("boom");
        failure.setStackTrace(frames);
        return UserCode.place(failure);
    }

    private static StackTraceElement[] called(StackTraceElement... byNode) {
        StackTraceElement[] all = Arrays.copyOf(byNode, byNode.length + 3);
        all[byNode.length] = at("dev.contraflow.Reads1", "Reads1.java", 70);
        all[byNode.length + 1] = at("dev.contraflow.Node", "Node.java", 300);
        all[byNode.length + 2] = at("com.acme.Main", "Main.java", 5);
        return all;
    }

    @Test
    void isTheLineThatThrew() {
        assertThat(place(called(at("com.acme.Split", "Split.java", 17)))).isEqualTo(" (Split.java:17)");
    }

    @Test
    void isTheInnermostLineOfTheUser() {
        assertThat(place(called(
                        jdk("java.util.List"),
                        at("com.fasterxml.jackson.Parser", "Parser.java", 3),
                        at("com.acme.util.Dates", "Dates.java", 9),
                        jdk("java.util.stream.Streams"),
                        at("com.acme.nodes.Split", "Split.java", 17))))
                .isEqualTo(" (Dates.java:9)");
    }

    @Test
    void isNeitherOursNorTheCallersOfTheRun() {
        assertThat(place(called(at("dev.contraflow.spi.WatchedRows", "WatchedRows.java", 4))))
                .isEmpty();
        assertThat(place()).isEmpty();
        assertThat(place(at("com.acme.Made", "Made.java", 3))).isEmpty();
        assertThat(place(called(at("com.acme.Generated", "Generated.java", -1))))
                .isEmpty();
    }
}
