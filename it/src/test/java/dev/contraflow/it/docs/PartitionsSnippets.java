package dev.contraflow.it.docs;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.TypeRef;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The code of {@code docs/partitions.md}. */
final class PartitionsSnippets {
    private PartitionsSnippets() {}

    record Fare(String day, double price) {}

    static final DatasetRef<List<Fare>> FARES = DatasetRef.listOf("fares", Fare.class);
    static final DatasetRef<Map<String, Integer>> COUNTS = DatasetRef.mapOf("counts", Integer.class);

    static final DatasetRef<Map<String, List<Fare>>> BY_DAY =
            DatasetRef.of("fares_by_day", new TypeRef<Map<String, List<Fare>>>() {});

    static final Node SPLIT = Node.named("split").reads(FARES).writes(BY_DAY).by(PartitionsSnippets::split);
    static final Node COUNT = Node.named("count").reads(BY_DAY).writes(COUNTS).by(PartitionsSnippets::count);

    static Map<String, List<Fare>> split(List<Fare> fares) {
        return fares.stream().collect(Collectors.groupingBy(fare -> "day=" + fare.day()));
    }

    static Map<String, Integer> count(Map<String, List<Fare>> byDay) {
        Map<String, Integer> counts = new TreeMap<>();
        byDay.forEach((day, fares) -> counts.put(day, fares.size()));
        return counts;
    }
}
