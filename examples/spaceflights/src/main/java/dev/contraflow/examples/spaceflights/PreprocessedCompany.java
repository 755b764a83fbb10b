package dev.contraflow.examples.spaceflights;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A company with numbers that are numbers. Immutable.
 *
 * @param id its number
 * @param companyRating its rating, from 0 to 1
 * @param companyLocation where it is at home
 * @param totalFleetCount how many shuttles it has
 * @param iataApproved whether it is approved; not, if nothing is known
 */
public record PreprocessedCompany(
        int id,
        @JsonProperty("company_rating") @Nullable Double companyRating,
        @JsonProperty("company_location") @Nullable String companyLocation,
        @JsonProperty("total_fleet_count") @Nullable Double totalFleetCount,
        @JsonProperty("iata_approved") boolean iataApproved) {
    boolean isComplete() {
        return companyRating != null && companyLocation != null && totalFleetCount != null;
    }
}
