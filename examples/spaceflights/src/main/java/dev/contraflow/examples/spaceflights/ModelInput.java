package dev.contraflow.examples.spaceflights;

import static java.util.Map.entry;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.examples.spaceflights.RawData.Review;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * A shuttle with its review and its company: one row of what models learn from, without empty cells. Immutable. The components are those of
 * {@link PreprocessedShuttle}, {@link Review} and {@link PreprocessedCompany}.
 */
public record ModelInput(
        @JsonProperty("shuttle_location") String shuttleLocation,
        @JsonProperty("shuttle_type") String shuttleType,
        @JsonProperty("engine_type") String engineType,
        @JsonProperty("engine_vendor") String engineVendor,
        double engines,
        @JsonProperty("passenger_capacity") int passengerCapacity,
        @JsonProperty("cancellation_policy") String cancellationPolicy,
        double crew,
        double price,
        @JsonProperty("d_check_complete") boolean dCheckComplete,
        @JsonProperty("moon_clearance_complete") boolean moonClearanceComplete,
        @JsonProperty("company_id") int companyId,
        @JsonProperty("shuttle_id") int shuttleId,
        @JsonProperty("review_scores_rating") double reviewScoresRating,
        @JsonProperty("review_scores_comfort") double reviewScoresComfort,
        @JsonProperty("review_scores_amenities") double reviewScoresAmenities,
        @JsonProperty("review_scores_trip") double reviewScoresTrip,
        @JsonProperty("review_scores_crew") double reviewScoresCrew,
        @JsonProperty("review_scores_location") double reviewScoresLocation,
        @JsonProperty("review_scores_price") double reviewScoresPrice,
        @JsonProperty("number_of_reviews") int numberOfReviews,
        @JsonProperty("reviews_per_month") double reviewsPerMonth,
        @JsonProperty("company_rating") double companyRating,
        @JsonProperty("company_location") String companyLocation,
        @JsonProperty("total_fleet_count") double totalFleetCount,
        @JsonProperty("iata_approved") boolean iataApproved) {
    /** What a model may look at, by the name of the column: all that is a number, or true or false, but not the price. */
    private static final Map<String, ToDoubleFunction<ModelInput>> FEATURES = Map.ofEntries(
            entry("engines", ModelInput::engines),
            entry("passenger_capacity", ModelInput::passengerCapacity),
            entry("crew", ModelInput::crew),
            entry("d_check_complete", row -> row.dCheckComplete ? 1 : 0),
            entry("moon_clearance_complete", row -> row.moonClearanceComplete ? 1 : 0),
            entry("review_scores_rating", ModelInput::reviewScoresRating),
            entry("review_scores_comfort", ModelInput::reviewScoresComfort),
            entry("review_scores_amenities", ModelInput::reviewScoresAmenities),
            entry("review_scores_trip", ModelInput::reviewScoresTrip),
            entry("review_scores_crew", ModelInput::reviewScoresCrew),
            entry("review_scores_location", ModelInput::reviewScoresLocation),
            entry("review_scores_price", ModelInput::reviewScoresPrice),
            entry("number_of_reviews", ModelInput::numberOfReviews),
            entry("reviews_per_month", ModelInput::reviewsPerMonth),
            entry("company_rating", ModelInput::companyRating),
            entry("total_fleet_count", ModelInput::totalFleetCount),
            entry("iata_approved", row -> row.iataApproved ? 1 : 0));

    /** The row of three that belong together, all of them complete. */
    static ModelInput of(PreprocessedShuttle shuttle, Review review, PreprocessedCompany company) {
        return new ModelInput(
                shuttle.shuttleLocation(),
                shuttle.shuttleType(),
                shuttle.engineType(),
                shuttle.engineVendor(),
                known(shuttle.engines()),
                shuttle.passengerCapacity(),
                shuttle.cancellationPolicy(),
                known(shuttle.crew()),
                known(shuttle.price()),
                shuttle.dCheckComplete(),
                shuttle.moonClearanceComplete(),
                shuttle.companyId(),
                review.shuttleId(),
                known(review.reviewScoresRating()),
                known(review.reviewScoresComfort()),
                known(review.reviewScoresAmenities()),
                known(review.reviewScoresTrip()),
                known(review.reviewScoresCrew()),
                known(review.reviewScoresLocation()),
                known(review.reviewScoresPrice()),
                review.numberOfReviews(),
                known(review.reviewsPerMonth()),
                known(company.companyRating()),
                known(company.companyLocation()),
                known(company.totalFleetCount()),
                company.iataApproved());
    }

    private static <T> T known(@Nullable T value) {
        return Objects.requireNonNull(value, "a complete row has no empty cell");
    }

    /** @return the names of all features, sorted */
    static Set<String> features() {
        return new TreeSet<>(FEATURES.keySet());
    }

    /** The value of a feature, 1 and 0 for true and false. */
    double feature(String name) {
        return Objects.requireNonNull(FEATURES.get(name), "not a feature").applyAsDouble(this);
    }
}
