package dev.contraflow.examples.spaceflights;

import dev.contraflow.examples.spaceflights.RawData.Company;
import dev.contraflow.examples.spaceflights.RawData.Review;
import dev.contraflow.examples.spaceflights.RawData.Shuttle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The functions of the pipeline {@code data_processing}: plain Java, to be tested as such. */
public final class DataProcessingNodes {
    private DataProcessingNodes() {}

    /**
     * Turns texts into numbers and flags. An empty flag is false, as in the starter; other empty cells stay empty.
     *
     * @throws IllegalArgumentException if a rating is no percentage
     */
    public static List<PreprocessedCompany> preprocessCompanies(List<Company> companies) {
        return companies.stream()
                .map(raw -> new PreprocessedCompany(
                        raw.id(),
                        parsed("company_rating", raw.companyRating(), "company " + raw.id(), "96%", s -> share(s)),
                        raw.companyLocation(),
                        raw.totalFleetCount(),
                        isTrue(raw.iataApproved())))
                .toList();
    }

    /**
     * Turns texts into numbers and flags. An empty flag is false, as in the starter; other empty cells stay empty.
     *
     * @throws IllegalArgumentException if a price is no amount of dollars
     */
    public static List<PreprocessedShuttle> preprocessShuttles(List<Shuttle> shuttles) {
        return shuttles.stream()
                .map(raw -> new PreprocessedShuttle(
                        raw.id(),
                        raw.shuttleLocation(),
                        raw.shuttleType(),
                        raw.engineType(),
                        raw.engineVendor(),
                        raw.engines(),
                        raw.passengerCapacity(),
                        raw.cancellationPolicy(),
                        raw.crew(),
                        parsed("price", raw.price(), "shuttle " + raw.id(), "$1,325.0", s -> dollars(s)),
                        isTrue(raw.dCheckComplete()),
                        isTrue(raw.moonClearanceComplete()),
                        raw.companyId()))
                .toList();
    }

    /**
     * Joins the three tables, in the order of the shuttles; rows without a partner, or with an empty cell, are dropped. A number that is there
     * several times gives a row for each, as an inner join does.
     */
    public static List<ModelInput> createModelInputTable(
            List<PreprocessedShuttle> shuttles, List<PreprocessedCompany> companies, List<Review> reviews) {
        Map<Integer, List<Review>> reviewsOf = byNumber(reviews, Review::shuttleId);
        Map<Integer, List<PreprocessedCompany>> companiesOf = byNumber(companies, PreprocessedCompany::id);
        List<ModelInput> rows = new ArrayList<>();
        for (PreprocessedShuttle shuttle : shuttles) {
            for (Review review : reviewsOf.getOrDefault(shuttle.id(), List.of())) {
                for (PreprocessedCompany company : companiesOf.getOrDefault(shuttle.companyId(), List.of())) {
                    if (shuttle.isComplete() && review.isComplete() && company.isComplete()) {
                        rows.add(ModelInput.of(shuttle, review, company));
                    }
                }
            }
        }
        return rows;
    }

    private static <T> Map<Integer, List<T>> byNumber(List<T> rows, Function<T, Integer> number) {
        return rows.stream().collect(Collectors.groupingBy(number));
    }

    private static boolean isTrue(@Nullable String flag) {
        return "t".equals(flag);
    }

    private static double share(String percentage) {
        return Double.parseDouble(percentage.replace("%", "")) / 100;
    }

    private static double dollars(String money) {
        return Double.parseDouble(money.replace("$", "").replace(",", ""));
    }

    private static @Nullable Double parsed(
            String column, @Nullable String text, String row, String example, Function<String, Double> number) {
        try {
            return text == null ? null : number.apply(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "The " + column + " of " + row + " is '" + text + "'. Write it as '" + example + "'.", e);
        }
    }
}
