package dev.contraflow.internal.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.catalog.Problems;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a JSON text into values with positions. What Kedro, which reads JSON as YAML, forgives is forgiven here too: comments that begin
 * with {@code #}, and a comma after the last item. One reader reads one text; used by one thread.
 */
final class JsonReader {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Budget.DEPTH)
                    .maxNumberLength(YamlScalars.LONGEST_NUMBER)
                    .build())
            .build();

    private final String file;
    private final Quoting quoting;
    private final Budget budget;
    private final Problems problems;

    JsonReader(String file, Quoting quoting, Budget budget, Problems problems) {
        this.file = file;
        this.quoting = quoting;
        this.budget = budget;
        this.problems = problems;
    }

    /** The value of the text; null in it for an empty one. Mistakes that keep it from being read on are thrown, others collected. */
    ConfigValue read(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                return new ConfigValue(null, new SourcePosition(file, 1, 1));
            }
            ConfigValue value = value(parser, position(parser.currentTokenLocation()));
            if (parser.nextToken() != null) {
                throw new CatalogException(
                        position(parser.currentTokenLocation()),
                        "a second document begins here. Put one document into a file.");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw refused(e, "nested deeper than " + Budget.DEPTH + " levels, or a number or text is too long.");
        } catch (JsonProcessingException e) {
            String problem =
                    e.getOriginalMessage().lines().findFirst().orElse("").replaceFirst(" ?\\(start marker at .*", "");
            throw refused(
                    e,
                    quoting == Quoting.NOTHING
                            ? "this is not valid JSON."
                            : "this is not valid JSON: " + problem.strip() + ".");
        } catch (IOException e) {
            throw new IllegalStateException("a text cannot fail to be read", e);
        }
    }

    private ConfigValue value(JsonParser parser, SourcePosition at) throws IOException {
        if (!budget.addValue()) {
            throw new CatalogException(at, YamlReader.tooManyValues());
        }
        return new ConfigValue(plain(parser), at);
    }

    private @Nullable Object plain(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> map(parser);
            case START_ARRAY -> list(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_NUMBER_INT -> whole(parser);
            default -> null;
        };
    }

    private static Number whole(JsonParser parser) throws IOException {
        BigInteger value = parser.getBigIntegerValue();
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        return value;
    }

    private Map<String, ConfigValue> map(JsonParser parser) throws IOException {
        Map<String, ConfigValue> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            SourcePosition at = position(parser.currentTokenLocation());
            parser.nextToken();
            ConfigValue value = value(parser, at);
            ConfigValue first = entries.putIfAbsent(key, value);
            if (first != null) {
                problems.add(
                        () -> YamlReader.duplicate(key, at, first.position().line()));
            }
        }
        return Collections.unmodifiableMap(entries);
    }

    private List<ConfigValue> list(JsonParser parser) throws IOException {
        List<ConfigValue> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser, position(parser.currentTokenLocation())));
        }
        return Collections.unmodifiableList(items);
    }

    /** Without the cause, which quotes what is written. */
    private CatalogException refused(JsonProcessingException e, String problem) {
        JsonLocation at = e.getLocation();
        return new CatalogException(at == null ? new SourcePosition(file, 0, 0) : position(at), problem);
    }

    private SourcePosition position(JsonLocation at) {
        return new SourcePosition(file, at.getLineNr(), at.getColumnNr());
    }
}
