package dev.contraflow.examples.spaceflights;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.contraflow.catalog.DataCatalog;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The raw tables as they come in: numbers within texts, flags as letters, cells that are empty. Immutable.
 *
 * @param companies who lets shuttles
 * @param reviews what passengers said
 * @param shuttles what can be hired
 */
public record RawData(List<Company> companies, List<Review> reviews, List<Shuttle> shuttles) {
    /**
     * A company as it is delivered.
     *
     * @param id its number
     * @param companyRating a percentage, {@code 96%}
     * @param companyLocation where it is at home
     * @param totalFleetCount how many shuttles it has
     * @param iataApproved {@code t} or {@code f}
     */
    public record Company(
            int id,
            @JsonProperty("company_rating") @Nullable String companyRating,
            @JsonProperty("company_location") @Nullable String companyLocation,
            @JsonProperty("total_fleet_count") @Nullable Double totalFleetCount,
            @JsonProperty("iata_approved") @Nullable String iataApproved) {}

    /**
     * What the passengers of one shuttle said, from 0 to 10, for the rating in all from 0 to 100.
     *
     * @param shuttleId the shuttle's number
     * @param reviewScoresRating the rating in all
     * @param reviewScoresComfort of the comfort
     * @param reviewScoresAmenities of the amenities
     * @param reviewScoresTrip of the trip
     * @param reviewScoresCrew of the crew
     * @param reviewScoresLocation of the location
     * @param reviewScoresPrice of the price
     * @param numberOfReviews how many there are
     * @param reviewsPerMonth how many come in a month
     */
    public record Review(
            @JsonProperty("shuttle_id") int shuttleId,
            @JsonProperty("review_scores_rating") @Nullable Double reviewScoresRating,
            @JsonProperty("review_scores_comfort") @Nullable Double reviewScoresComfort,

            @JsonProperty("review_scores_amenities") @Nullable
            Double reviewScoresAmenities,

            @JsonProperty("review_scores_trip") @Nullable Double reviewScoresTrip,
            @JsonProperty("review_scores_crew") @Nullable Double reviewScoresCrew,

            @JsonProperty("review_scores_location") @Nullable
            Double reviewScoresLocation,

            @JsonProperty("review_scores_price") @Nullable Double reviewScoresPrice,
            @JsonProperty("number_of_reviews") int numberOfReviews,
            @JsonProperty("reviews_per_month") @Nullable Double reviewsPerMonth) {
        boolean isComplete() {
            return reviewScoresRating != null
                    && reviewScoresComfort != null
                    && reviewScoresAmenities != null
                    && reviewScoresTrip != null
                    && reviewScoresCrew != null
                    && reviewScoresLocation != null
                    && reviewScoresPrice != null
                    && reviewsPerMonth != null;
        }
    }

    /**
     * A shuttle as it is delivered.
     *
     * @param id its number
     * @param shuttleLocation where it is
     * @param shuttleType its type
     * @param engineType what drives it
     * @param engineVendor who made the engines
     * @param engines how many engines it has
     * @param passengerCapacity how many passengers it takes
     * @param cancellationPolicy what a cancellation costs
     * @param crew how many fly it
     * @param price an amount of money, {@code $1,325.0}
     * @param dCheckComplete {@code t} or {@code f}
     * @param moonClearanceComplete {@code t} or {@code f}
     * @param companyId the number of its company
     */
    public record Shuttle(
            int id,
            @JsonProperty("shuttle_location") String shuttleLocation,
            @JsonProperty("shuttle_type") String shuttleType,
            @JsonProperty("engine_type") String engineType,
            @JsonProperty("engine_vendor") String engineVendor,
            @Nullable Double engines,
            @JsonProperty("passenger_capacity") int passengerCapacity,
            @JsonProperty("cancellation_policy") String cancellationPolicy,
            @Nullable Double crew,
            @Nullable String price,
            @JsonProperty("d_check_complete") @Nullable String dCheckComplete,

            @JsonProperty("moon_clearance_complete") @Nullable
            String moonClearanceComplete,

            @JsonProperty("company_id") int companyId) {}

    /**
     * Made up tables that look like those of the starter.
     *
     * @param rows how many rows each table has, at least 1
     * @param seed the same seed and number of rows give the same tables, on every machine
     * @return the tables
     */
    public static RawData generate(int rows, long seed) {
        return new RawDataGenerator(rows, seed).generate();
    }

    /**
     * Stores the tables where the catalog says.
     *
     * @param catalog the catalog of the project's configuration
     */
    public void save(DataCatalog catalog) {
        catalog.save(SpaceflightsProject.COMPANIES, companies);
        catalog.save(SpaceflightsProject.REVIEWS, reviews);
        catalog.save(SpaceflightsProject.SHUTTLES, shuttles);
    }
}
