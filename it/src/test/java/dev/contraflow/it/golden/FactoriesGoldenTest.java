package dev.contraflow.it.golden;

import dev.contraflow.CatalogException;
import dev.contraflow.internal.catalog.CatalogEntries;
import dev.contraflow.internal.catalog.EntryReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Which entry or pattern answers for a name, and with what configuration. Types and paths are only texts here. */
class FactoriesGoldenTest {
    @TestFactory
    Stream<DynamicTest> factories() {
        return Golden.file("factories.json").tests(FactoriesGoldenTest::answer);
    }

    private static Object answer(Golden.Case asked) {
        GoldenCatalog catalog = GoldenCatalog.of(asked);
        List<Map<String, Object>> names = new ArrayList<>();
        asked.input().path("names").forEach(name -> names.add(answer(name.asText(), catalog)));
        return Map.of("patterns", catalog.entries().patterns(), "names", names);
    }

    private static Map<String, Object> answer(String name, GoldenCatalog catalog) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", name);
        CatalogEntries.Found found = catalog.entries().find(name);
        answer.put("kind", found == null ? "none" : found.origin().name().toLowerCase(Locale.ROOT));
        if (found != null) {
            if (found.pattern() != null) {
                answer.put("pattern", found.pattern());
            }
            try {
                EntryReader.section(name, found.entry()).requiredText("type");
                answer.put("config", catalog.config(found));
            } catch (CatalogException e) {
                answer.putAll(GoldenErrors.of(e));
            }
        }
        return answer;
    }
}
