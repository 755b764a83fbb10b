package dev.contraflow.internal.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;

/** A mark of a value that is given to a run, such as a parameter: equal for values that are written alike as JSON. Thread-safe. */
final class ValueMark {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .addModule(new SimpleModule()
                    .addSerializer(Temporal.class, ToStringSerializer.instance)
                    .addSerializer(TemporalAmount.class, ToStringSerializer.instance))
            .build();

    private ValueMark() {}

    /** The mark; empty if the value cannot be written so. */
    static String of(Object value) {
        try {
            return RunFacts.sha256(value.getClass().getName() + " " + JSON.writeValueAsString(value));
        } catch (JsonProcessingException | RuntimeException e) {
            return "";
        }
    }
}
