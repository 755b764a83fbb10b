package dev.contraflow.internal.catalog;

/** What can be a version: one part of a path, as in Kedro. */
public final class VersionNames {
    /** A part of a path has 255 bytes in most file systems, and the run's files add to it. */
    private static final int LONGEST = 200;

    private static final int SHOWN = 60;

    private VersionNames() {}

    /**
     * @param version a text
     * @return whether it can be a version
     */
    public static boolean isValid(String version) {
        return !version.isEmpty()
                && version.length() <= LONGEST
                && !version.equals(".")
                && !version.equals("..")
                && version.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7f);
    }

    /**
     * @param version a text that {@link #isValid cannot} be a version
     * @return what is wrong with it, as a sentence without its end
     */
    public static String problem(String version) {
        String some = version.length() <= SHOWN ? version : version.substring(0, SHOWN) + "...";
        return "'" + some.replaceAll("\\p{Cntrl}", "?")
                + "' cannot be a version: it must be one part of a path, so without '/' and"
                + " '\\', not empty, '.' or '..', and at most " + LONGEST + " characters long";
    }
}
