package dev.contraflow.it.golden;

import dev.contraflow.CatalogException;
import dev.contraflow.internal.catalog.CatalogEntries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What stands in the place of references to credentials. */
class CredentialsGoldenTest {
    @TestFactory
    Stream<DynamicTest> credentials() {
        return Golden.file("credentials.json").tests(CredentialsGoldenTest::answer);
    }

    private static Object answer(Golden.Case asked) {
        GoldenCatalog catalog = GoldenCatalog.of(asked);
        List<Map<String, Object>> entries = new ArrayList<>();
        asked.input().path("names").forEach(name -> entries.add(answer(name.asText(), catalog)));
        return Map.of("entries", entries);
    }

    private static Map<String, Object> answer(String name, GoldenCatalog catalog) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("name", name);
        CatalogEntries.Found found = Objects.requireNonNull(catalog.entries().find(name));
        try {
            answer.put("config", catalog.config(found));
        } catch (CatalogException e) {
            answer.putAll(GoldenErrors.of(e));
        }
        return answer;
    }
}
