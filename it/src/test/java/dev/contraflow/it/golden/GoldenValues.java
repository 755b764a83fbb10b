package dev.contraflow.it.golden;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Plain values as the corpus writes them where JSON has no word for them. */
final class GoldenValues {
    private GoldenValues() {}

    static @Nullable Object of(@Nullable Object plain) {
        if (plain instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            map.forEach((key, value) -> values.put(String.valueOf(key), of(value)));
            return values;
        }
        if (plain instanceof List<?> list) {
            List<@Nullable Object> values = new ArrayList<>();
            list.forEach(item -> values.add(of(item)));
            return values;
        }
        if (plain instanceof byte[] bytes) {
            return Map.of("$bytes", Base64.getEncoder().encodeToString(bytes));
        }
        if (plain instanceof Double number && !Double.isFinite(number)) {
            String name = number.toString().toLowerCase(Locale.ROOT).replace("infinity", "inf");
            return Map.of("$float", name);
        }
        return plain;
    }
}
