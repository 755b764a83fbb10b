package dev.contraflow.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Finds the name that was probably meant. The distance is the optimal string alignment distance (insertions, deletions, substitutions and
 * swaps of neighbours), without regard to case; a name is near if it is at most a third of its length away.
 */
public final class Suggestion {
    private Suggestion() {}

    /**
     * The known name nearest to a misspelt one.
     *
     * @param misspelt what was written
     * @param known the names that exist
     * @return the nearest one, the first in the alphabet of several; empty if none is near
     */
    public static Optional<String> nearest(String misspelt, Collection<String> known) {
        String best = null;
        int bestDistance = Math.max(1, misspelt.length() / 3) + 1;
        for (String candidate : new TreeSet<>(known)) {
            int distance = distance(misspelt.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return Optional.ofNullable(best);
    }

    /**
     * The end of an error message: {@code Did you mean 'x'?} if a name is near, else nothing.
     *
     * @param misspelt what was written
     * @param known the names that exist
     * @return the sentence with a space before it, or an empty text
     */
    public static String didYouMean(String misspelt, Collection<String> known) {
        return nearest(misspelt, known)
                .map(name -> " Did you mean '" + name + "'?")
                .orElse("");
    }

    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int substitute = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(substitute, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
