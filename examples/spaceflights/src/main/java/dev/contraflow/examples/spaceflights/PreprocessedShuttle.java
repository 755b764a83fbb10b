package dev.contraflow.examples.spaceflights;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A shuttle with numbers that are numbers. Immutable.
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
 * @param price in dollars
 * @param dCheckComplete whether the great check is done; not, if nothing is known
 * @param moonClearanceComplete whether it may fly to the moon; not, if nothing is known
 * @param companyId the number of its company
 */
public record PreprocessedShuttle(
        int id,
        @JsonProperty("shuttle_location") String shuttleLocation,
        @JsonProperty("shuttle_type") String shuttleType,
        @JsonProperty("engine_type") String engineType,
        @JsonProperty("engine_vendor") String engineVendor,
        @Nullable Double engines,
        @JsonProperty("passenger_capacity") int passengerCapacity,
        @JsonProperty("cancellation_policy") String cancellationPolicy,
        @Nullable Double crew,
        @Nullable Double price,
        @JsonProperty("d_check_complete") boolean dCheckComplete,
        @JsonProperty("moon_clearance_complete") boolean moonClearanceComplete,
        @JsonProperty("company_id") int companyId) {
    boolean isComplete() {
        return engines != null && crew != null && price != null;
    }
}
