package dev.contraflow.examples.spaceflights;

import dev.contraflow.examples.spaceflights.RawData.Company;
import dev.contraflow.examples.spaceflights.RawData.Review;
import dev.contraflow.examples.spaceflights.RawData.Shuttle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes up the raw tables. Every shuttle has a company and one review; prices follow the engines, the seats and the checks, with so much noise
 * that a regression explains about half of them; less than half of the rows are complete. Used once.
 */
final class RawDataGenerator {
    private static final int FIRST_COMPANY = 10_001;
    private static final int FIRST_SHUTTLE = 50_001;
    private static final List<String> PLACES = List.of(
            "Niue", "Anguilla", "Isle of Man", "Korea, Republic of", "Côte d'Ivoire", "Lao People's \"PDR\"", "Malta");
    private static final List<String> ENGINES = List.of("Quantum", "Plasma", "Nuclear");
    private static final List<String> VENDORS =
            List.of("ThetaBase Services", "Banks, Wood and Phillips", "Orion Works");
    private static final List<String> POLICIES = List.of("strict", "moderate", "flexible");

    private final int rows;
    private final Draws draws;

    RawDataGenerator(int rows, long seed) {
        if (rows < 1) {
            throw new IllegalArgumentException("rows is " + rows + ", not at least 1");
        }
        this.rows = rows;
        this.draws = new Draws(seed);
    }

    RawData generate() {
        List<Company> companies = new ArrayList<>();
        List<Review> reviews = new ArrayList<>();
        List<Shuttle> shuttles = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            companies.add(company(FIRST_COMPANY + i));
            reviews.add(review(FIRST_SHUTTLE + i));
            shuttles.add(shuttle(FIRST_SHUTTLE + i));
        }
        return new RawData(companies, reviews, shuttles);
    }

    private Company company(int id) {
        return new Company(
                id,
                unless(0.35, () -> between(50, 100) + "%"),
                unless(0.01, () -> oneOf(PLACES)),
                unless(0.005, () -> (double) between(1, 40)),
                unless(0.01, this::flag));
    }

    private Review review(int shuttle) {
        boolean isReviewed = !draws.happens(0.2);
        return new Review(
                shuttle,
                isReviewed ? (double) between(20, 100) : null,
                score(isReviewed),
                score(isReviewed),
                score(isReviewed),
                score(isReviewed),
                score(isReviewed),
                score(isReviewed),
                isReviewed ? between(1, 250) : 0,
                isReviewed ? between(1, 999) / 100.0 : null);
    }

    private @Nullable Double score(boolean isReviewed) {
        return isReviewed && !draws.happens(0.003) ? (double) between(2, 10) : null;
    }

    private Shuttle shuttle(int id) {
        int engines = between(1, 8);
        int passengers = between(1, 16);
        int crew = Math.max(1, engines / 2 + between(0, 2));
        String checked = flag();
        String cleared = flag();
        double dollars = 300
                + 650 * engines
                + 75 * passengers
                + 220 * crew
                + (checked.equals("t") ? 180 : 0)
                - (cleared.equals("t") ? 60 : 0)
                + 3_500 * (draws.fraction() + draws.fraction() + draws.fraction());
        return new Shuttle(
                id,
                oneOf(PLACES),
                "Type V" + between(1, 9),
                oneOf(ENGINES),
                oneOf(VENDORS),
                unless(0.002, () -> (double) engines),
                passengers,
                oneOf(POLICIES),
                unless(0.002, () -> (double) crew),
                unless(0.001, () -> String.format(Locale.ROOT, "$%,.1f", Math.rint(dollars))),
                unless(0.002, () -> checked),
                unless(0.002, () -> cleared),
                FIRST_COMPANY + draws.below(rows));
    }

    /** The cell is empty with a probability. */
    private <T> @Nullable T unless(double empty, Supplier<T> value) {
        T made = value.get();
        return draws.happens(empty) ? null : made;
    }

    private String flag() {
        return draws.happens(0.5) ? "t" : "f";
    }

    private int between(int least, int most) {
        return least + draws.below(most - least + 1);
    }

    private String oneOf(List<String> texts) {
        return texts.get(draws.below(texts.size()));
    }
}
