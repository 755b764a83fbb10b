package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A pattern of file names as Kedro's loader takes them: <code>*</code> and {@code ?} within one name, <code>**</code> across folders,
 * {@code [abc]} and {@code [!abc]}; everything else means itself. Matched against the whole path below the environment's folder, so a
 * pattern without <code>**&#47;</code> in front is anchored at its top.
 *
 * @param text the pattern as it was written
 * @param regex the same as a regular expression
 */
public record FilePattern(String text, Pattern regex) {
    /**
     * Checks patterns.
     *
     * @param texts the patterns as they were written
     * @throws CatalogException if one is not a pattern
     */
    public static void check(String... texts) {
        for (String text : texts) {
            of(text);
        }
    }

    static FilePattern of(String text) {
        try {
            return new FilePattern(text, Pattern.compile(regex(text)));
        } catch (PatternSyntaxException e) {
            throw new CatalogException(
                    "'" + text
                            + "' is not a file pattern. Use '*', '?' and '[abc]' within a name, '**' across folders.",
                    e);
        }
    }

    boolean matches(String path) {
        return regex.matcher(path).matches();
    }

    private static String regex(String glob) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < glob.length()) {
            if (glob.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 3;
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i += 2;
            } else if (glob.charAt(i) == '[' && glob.indexOf(']', i + 2) > 0) {
                int end = glob.indexOf(']', i + 2);
                String within = glob.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
                regex.append('[')
                        .append(within.replaceFirst("^!", "^").replace("&&", "&"))
                        .append(']');
                i = end + 1;
            } else {
                char c = glob.charAt(i++);
                regex.append(c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }
}
