package dev.contraflow.internal.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.CatalogException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects mistakes, so that all are reported at once: the first hundred, and how many more. Used by one thread. */
public final class Problems {
    private static final int LISTED = 100;

    private final List<CatalogException> mistakes = new ArrayList<>();
    private final Set<Problem> listed = new LinkedHashSet<>();
    private int unlisted;

    /** Something that can go wrong; it has no result. */
    @FunctionalInterface
    public interface Check {
        /** Does it. */
        void run();
    }

    /**
     * Runs a check and keeps its mistakes.
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
     * Asks for a value and keeps the mistakes if there is none.
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
     * @param problem makes its message of one line; not asked once enough are listed, because finding suggestions takes time
     */
    public void add(Supplier<CatalogException> problem) {
        if (listed.size() >= LISTED) {
            unlisted++;
            return;
        }
        CatalogException mistake = problem.get();
        boolean isNew = listed.addAll(mistake.problems());
        if (isNew) { // one mistake in what several entries share is one mistake
            mistakes.add(mistake);
        }
    }

    /** Throws if there was a mistake: the only one itself, or one with a line for each. */
    public void throwIfAny() {
        if (mistakes.size() == 1 && unlisted == 0) {
            throw mistakes.get(0);
        }
        if (!mistakes.isEmpty()) {
            CatalogException all = new CatalogException(List.copyOf(listed), unlisted);
            mistakes.forEach(all::addSuppressed);
            throw all;
        }
    }
}
