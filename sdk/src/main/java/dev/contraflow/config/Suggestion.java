package dev.contraflow.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

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
        String wanted = misspelt.toLowerCase(Locale.ROOT);
        String best = null;
        int bestDistance = Math.max(1, misspelt.length() / 3) + 1;
        for (String candidate : known) {
            if (Math.abs(candidate.length() - misspelt.length()) > bestDistance) {
                continue; // a distance is at least the difference of the lengths
            }
            int distance = distance(wanted, candidate.toLowerCase(Locale.ROOT));
            boolean isFirst = best == null || candidate.compareTo(best) < 0;
            if (distance < bestDistance || (distance == bestDistance && best != null && isFirst)) {
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
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    row[j] = i + j;
                    continue;
                }
                int substitute = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitute, 1 + Math.min(last[j], row[j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.length()];
    }
}
