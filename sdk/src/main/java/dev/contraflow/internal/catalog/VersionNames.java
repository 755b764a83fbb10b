package dev.contraflow.internal.catalog;

/** What can be a version: one part of a path, as in Kedro. */
public final class VersionNames {
    private VersionNames() {}

    /**
     * @param version a text
     * @return whether it can be a version
     */
    public static boolean isValid(String version) {
        return !version.isEmpty()
                && !version.equals(".")
                && !version.equals("..")
                && version.chars().noneMatch(c -> c == '/' || c == '\\' || c < ' ' || c == 0x7f);
    }

    /**
     * @param version a text that {@link #isValid cannot} be a version
     * @return what is wrong with it, as a sentence without its end
     */
    public static String problem(String version) {
        return "'" + version + "' cannot be a version: it must be one part of a path, so without '/' and '\\',"
                + " not empty, '.' or '..'";
    }
}
