package dev.contraflow.it.golden;

import dev.contraflow.it.golden.GoldenErrors.Rule;
import java.util.List;

/** How the messages about a run say what kind of mistake it is. */
final class RunErrors {
    static final List<Rule> RULES = List.of();

    private RunErrors() {}
}
