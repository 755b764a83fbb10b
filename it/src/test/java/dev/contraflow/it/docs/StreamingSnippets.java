package dev.contraflow.it.docs;

import dev.contraflow.DatasetRef;
import dev.contraflow.Node;
import dev.contraflow.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The code of {@code docs/streaming.md}. */
final class StreamingSnippets {
    private StreamingSnippets() {}

    record Trip(int id, String zone, double km) {}

    record Fare(int trip, String zone, double price) {
        static Fare of(Trip trip) {
            return new Fare(trip.id(), trip.zone(), 2.5 + 1.2 * trip.km());
        }
    }

    static final DatasetRef<Rows<Trip>> TRIPS = DatasetRef.rowsOf("trips", Trip.class);
    static final DatasetRef<Rows<Fare>> FARES = DatasetRef.rowsOf("fares", Fare.class);
    static final DatasetRef<Map<String, Double>> BY_ZONE = DatasetRef.mapOf("by_zone", Double.class);

    static final Node PRICE = Node.named("price").reads(TRIPS).writes(FARES).by(StreamingSnippets::price);
    static final Node SUM = Node.named("sum").reads(FARES).writes(BY_ZONE).by(StreamingSnippets::sum);

    static Rows<Fare> price(Rows<Trip> trips) {
        return trips.filter(trip -> trip.km() > 0).map(Fare::of);
    }

    static Map<String, Double> sum(Rows<Fare> fares) {
        try (Stream<Fare> stream = fares.stream()) {
            return stream.collect(
                    Collectors.groupingBy(Fare::zone, TreeMap::new, Collectors.summingDouble(Fare::price)));
        }
    }

    static double longest(Rows<Trip> trips) throws IOException {
        double longest = 0;
        try (Rows.Cursor<Trip> cursor = trips.open()) {
            while (cursor.advance()) {
                longest = Math.max(longest, cursor.row().km());
            }
        }
        return longest;
    }

    static Rows<Fare> shares(Rows<Fare> fares) throws IOException {
        double total;
        try (Stream<Fare> stream = fares.stream()) {
            total = stream.mapToDouble(Fare::price).sum();
        }
        return fares.map(
                fare -> new Fare(fare.trip(), fare.zone(), fare.price() / total)); // read once more, when it is stored
    }

    static Rows<String> linesOf(List<Path> logs) {
        return Rows.of(logs).flatMap(Files::readAllLines); // one whole file at a time
    }

    static Rows<String> linesOf(Path log) {
        return Rows.from(() -> Files.lines(log)); // opened anew by each reader, and closed after it
    }
}
