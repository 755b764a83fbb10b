package dev.contraflow.formats.core;

import dev.contraflow.io.UnencodableValueException;
import java.io.IOException;

/** The sentences of the errors, the same for all formats. */
final class Problems {
    private Problems() {}

    /** @param place where in the value, empty for the whole: {@code at /0/name}, {@code in row 3, column 'x'} */
    static UnencodableValueException unencodable(String format, String place, Refusal refusal) {
        UnencodableValueException failure = new UnencodableValueException(
                format + " cannot hold the value" + (place.isEmpty() ? "" : " " + place) + ": " + refusal.problem());
        failure.initCause(refusal);
        return failure;
    }

    static UnencodableValueException unencodable(String format, Refusal refusal) {
        return unencodable(format, refusal.pointer().isEmpty() ? "" : "at " + refusal.pointer(), refusal);
    }

    /** @param position where in the bytes: {@code line 3, column 7} */
    static IOException unreadable(String format, String position, Refusal refusal) {
        String pointer = refusal.pointer().isEmpty() ? "" : " (" + refusal.pointer() + ")";
        return new IOException(
                "Cannot read " + format + " at " + position + pointer + ": " + refusal.problem(), refusal);
    }

    static IOException notUtf8(String format, IOException cause) {
        return new IOException("Cannot read " + format + ": the bytes are not UTF-8", cause);
    }
}
