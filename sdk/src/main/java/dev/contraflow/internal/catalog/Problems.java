package dev.contraflow.internal.catalog;

import dev.contraflow.CatalogException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects mistakes, so that all are reported at once: the first five, and how many more. Used by one thread. */
public final class Problems {
    private static final int SHOWN = 5;

    private final List<CatalogException> shown = new ArrayList<>();
    private int count;

    /** Something that can go wrong; it has no result. */
    @FunctionalInterface
    public interface Check {
        /** Does it. */
        void run();
    }

    /**
     * Runs a check and keeps its mistake.
     *
     * @param check throws a CatalogException if something is wrong
     */
    public void check(Check check) {
        get(() -> {
            check.run();
            return true;
        });
    }

    /**
     * Asks for a value and keeps the mistake if there is none.
     *
     * @param value throws a CatalogException if something is wrong
     * @return the value, or null after a mistake
     */
    public <T> @Nullable T get(Supplier<T> value) {
        try {
            return value.get();
        } catch (CatalogException e) {
            add(() -> e);
            return null;
        }
    }

    /**
     * Adds a mistake.
     *
     * @param problem makes its message of one line; not asked once enough are shown, because finding suggestions takes time
     */
    public void add(Supplier<CatalogException> problem) {
        if (shown.size() == SHOWN) {
            count++;
            return;
        }
        CatalogException mistake = problem.get();
        boolean isNew = shown.stream().noneMatch(other -> other.getMessage().equals(mistake.getMessage()));
        if (isNew) { // one mistake in what several entries share is one mistake
            count++;
            shown.add(mistake);
        }
    }

    /** Throws if there was a mistake: the only one itself, or one with a line for each. */
    public void throwIfAny() {
        if (count == 1) {
            throw shown.get(0);
        }
        if (count > 1) {
            List<String> lines = new ArrayList<>();
            shown.forEach(problem -> lines.add(problem.getMessage()));
            if (count > SHOWN) {
                lines.add("and " + (count - SHOWN) + " more");
            }
            CatalogException all = new CatalogException(String.join("\n", lines));
            shown.forEach(all::addSuppressed);
            throw all;
        }
    }
}
