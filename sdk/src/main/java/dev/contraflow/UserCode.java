package dev.contraflow;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Finds in a stack the line of a node's code that a user wants to see, so that a message can say it and the stack need not be shown. */
final class UserCode {
    private static final Pattern OURS =
            Pattern.compile("dev\\.contraflow\\.([A-Z]|(catalog|config|dataset|internal|io|run|spi)\\.).*");

    private UserCode() {}

    /**
     * Where a node's function failed: the innermost line within the function's own code, that is of classes whose packages begin with the
     * same two names as that of the function, however deep in a library the failure was raised.
     *
     * @param failure what the function threw
     * @return {@code " (Split.java:17)"}, or an empty text if the stack does not tell
     */
    static String place(Throwable failure) {
        List<StackTraceElement> all = Arrays.asList(failure.getStackTrace());
        List<StackTraceElement> below = all.stream()
                .takeWhile(frame -> !frame.getClassName().equals(Node.class.getName()))
                .toList();
        if (below.size() == all.size()) { // it was made elsewhere, on another thread or before
            return "";
        }
        List<StackTraceElement> frames = below.stream()
                .filter(frame -> !"java.base".equals(frame.getModuleName()))
                .filter(frame -> !OURS.matcher(frame.getClassName()).matches())
                .filter(frame -> frame.getLineNumber() > 0)
                .toList();
        if (frames.isEmpty()) {
            return "";
        }
        String own = beginning(frames.get(frames.size() - 1).getClassName());
        StackTraceElement found = frames.stream()
                .filter(frame -> beginning(frame.getClassName()).equals(own))
                .findFirst()
                .orElseThrow();
        return " (" + found.getFileName() + ":" + found.getLineNumber() + ")";
    }

    private static String beginning(String className) {
        String[] names = className.split("\\.", 3);
        return names.length < 3 ? "" : names[0] + "." + names[1];
    }
}
