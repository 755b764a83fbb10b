package dev.contraflow.internal;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Puts a failure into the sentence of a message. */
public final class Reason {
    private Reason() {}

    /**
     * What a failure says, without the name of its class where it says anything, and without a period at the end.
     *
     * @param failure a failure
     * @return its reason, to which a period can be added; may be several lines
     */
    public static String of(Throwable failure) {
        String message = failure instanceof FileSystemException file && file.getReason() == null
                ? ofFile(file)
                : failure.getMessage();
        String reason = message == null ? "" : message.strip();
        if (failure instanceof NoClassDefFoundError && !reason.isEmpty() && !reason.contains(" ")) {
            return "class " + reason.replace('/', '.') + " is missing";
        }
        if (reason.endsWith(".")) {
            reason = reason.substring(0, reason.length() - 1);
        }
        return reason.isEmpty() ? failure.getClass().getSimpleName() : reason;
    }

    /**
     * What a failure of somebody else's code says in one line.
     *
     * @param failure a failure
     * @return the first line of its reason, to which a period can be added
     */
    public static String lineOf(Throwable failure) {
        String line = of(failure).lines().findFirst().orElse("").strip();
        return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
    }

    /** The exceptions of the file system often say no more than a path. */
    private static String ofFile(FileSystemException failure) {
        String file = failure.getFile();
        if (file == null) {
            return "";
        }
        if (failure instanceof NoSuchFileException) {
            return file + " does not exist";
        }
        if (failure instanceof AccessDeniedException) {
            return "access to " + file + " is denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return file + " exists already";
        }
        return failure.getClass().getSimpleName() + " " + failure.getMessage();
    }
}
