package dev.contraflow.it.golden;

import dev.contraflow.it.golden.GoldenErrors.Rule;
import java.util.List;

/** How the messages about a catalog say what kind of mistake it is. */
final class CatalogErrors {
    static final List<Rule> RULES = List.of();

    private CatalogErrors() {}
}
