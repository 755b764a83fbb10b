package dev.contraflow.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReasonTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IOException("No space left on device"), "No space left on device"),
                Arguments.of(new IOException("nobody is there. "), "nobody is there"),
                Arguments.of(new IOException(), "IOException"),
                Arguments.of(new IOException(" "), "IOException"),
                Arguments.of(new NoClassDefFoundError("com/acme/Client"), "class com.acme.Client is missing"),
                Arguments.of(new NoClassDefFoundError("Could not initialize class A"), "Could not initialize class A"),
                Arguments.of(new NoClassDefFoundError(), "NoClassDefFoundError"),
                Arguments.of(new NoSuchFileException("/a/b"), "/a/b does not exist"),
                Arguments.of(new AccessDeniedException("/a/b"), "access to /a/b is denied"),
                Arguments.of(new FileAlreadyExistsException("/a/b"), "/a/b exists already"),
                Arguments.of(new FileSystemException("/a/b"), "FileSystemException /a/b"),
                Arguments.of(new FileSystemException("/a/b", null, "Not a directory"), "/a/b: Not a directory"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void saysWhatAFailureSays(Throwable failure, String reason) {
        assertThat(Reason.of(failure)).isEqualTo(reason);
        assertThat(Reason.lineOf(failure)).isEqualTo(reason);
    }

    @Test
    void ofManyLinesTheFirstThatSaysSomethingCounts() {
        assertThat(Reason.lineOf(new AssertionError("\nnothing is negative.\nbut it was -1")))
                .isEqualTo("nothing is negative");
        assertThat(Reason.lineOf(new IllegalStateException())).isEqualTo("IllegalStateException");
    }
}
