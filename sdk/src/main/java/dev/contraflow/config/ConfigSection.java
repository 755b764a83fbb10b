package dev.contraflow.config;

import dev.contraflow.CatalogException;
import dev.contraflow.internal.catalog.Problems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A map of a configuration, read key by key with checked types. It remembers which keys were asked for, so that {@link #rejectOtherKeys} can
 * refuse the misspelt ones. Every error names the section, the key, file, line and column. {@link #readWhole} tells all errors of a section at
 * once. Thread-safe.
 */
public final class ConfigSection {
    private static final Pattern DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|min|h)");
    private static final Pattern BYTES = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(B|KB|MB|GB|KiB|MiB|GiB)");

    private final String name;
    private final SourcePosition position;
    private final Map<String, ConfigValue> entries;
    private final Set<String> known;
    private final @Nullable Reading reading; // null if each mistake is thrown
    private volatile @Nullable String misspelt; // the key that was named as the misspelling of one that is needed

    /**
     * @param name what the section is called in messages: {@code orders}, {@code orders.load_args}
     * @param position where it begins
     * @param entries its entries
     */
    public ConfigSection(String name, SourcePosition position, Map<String, ConfigValue> entries) {
        this(name, position, entries, ConcurrentHashMap.newKeySet(), null);
    }

    private ConfigSection(
            String name,
            SourcePosition position,
            Map<String, ConfigValue> entries,
            Set<String> known,
            @Nullable Reading reading) {
        this.name = Objects.requireNonNull(name, "name is null");
        this.position = Objects.requireNonNull(position, "position is null");
        this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        this.known = known;
        this.reading = reading;
    }

    /** The mistakes of one {@link #readWhole}: kept until it ends. What is found later is thrown again. */
    private static final class Reading {
        private final Problems problems = new Problems();
        private boolean isOver;

        synchronized void add(CatalogException mistake) {
            if (isOver) {
                throw mistake;
            }
            problems.add(() -> mistake);
        }

        synchronized void end() {
            isOver = true;
            problems.throwIfAny();
        }
    }

    /**
     * A section without entries.
     *
     * @param name what it is called in messages
     */
    public static ConfigSection empty(String name) {
        return new ConfigSection(name, SourcePosition.code(), Map.of());
    }

    /**
     * A section made by a program.
     *
     * @param name what it is called in messages
     * @param plain its entries: plain values, lists and maps
     * @throws IllegalArgumentException if something else is in it
     * @throws CatalogException if maps and lists stand in each other more than 64 times, or one in itself
     */
    public static ConfigSection of(String name, Map<String, ?> plain) {
        Map<String, ConfigValue> entries = new LinkedHashMap<>();
        plain.forEach((key, value) -> entries.put(key, ConfigValue.of(value, SourcePosition.code())));
        return new ConfigSection(name, SourcePosition.code(), entries);
    }

    /** @return what the section is called in messages */
    public String name() {
        return name;
    }

    /** @return where it begins */
    public SourcePosition position() {
        return position;
    }

    /** @return its entries, in the order of the file */
    public Map<String, ConfigValue> entries() {
        return entries;
    }

    /** @return whether it has no entries */
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /**
     * This section with the entries of another laid over it; what the other has, wins.
     *
     * @param over the other one
     * @return a new section, with this one's name
     */
    public ConfigSection overriddenBy(ConfigSection over) {
        Map<String, ConfigValue> merged = new LinkedHashMap<>(entries);
        merged.putAll(over.entries);
        return new ConfigSection(name, over.isEmpty() ? position : over.position, merged);
    }

    /**
     * @param key a key
     * @return its text, if it is set
     * @throws CatalogException if it is not a text
     */
    public Optional<String> text(String key) {
        return read(key, String.class, "a text");
    }

    /**
     * @param key a key
     * @return its text
     * @throws CatalogException if it is missing or not a text
     */
    public String requiredText(String key) {
        return text(key).orElseThrow(() -> missing(key));
    }

    /**
     * @param key a key
     * @return true or false, if it is set
     * @throws CatalogException if it is neither
     */
    public Optional<Boolean> flag(String key) {
        return read(key, Boolean.class, "true or false");
    }

    /**
     * @param key a key
     * @return its whole number, if it is set
     * @throws CatalogException if it is not a whole number of 64 bits
     */
    public Optional<Long> integer(String key) {
        return read(key, Long.class, "a whole number");
    }

    /**
     * @param key a key
     * @param least the least value allowed
     * @param most the greatest value allowed
     * @return its whole number, if it is set
     * @throws CatalogException if it is not a whole number within the bounds
     */
    public Optional<Integer> integer(String key, int least, int most) {
        return integer(key).flatMap(value -> {
            if (value < least || value > most) {
                return wrong(key, "is " + value + ", but must be from " + least + " to " + most + ".");
            }
            return Optional.of(value.intValue());
        });
    }

    /**
     * @param key a key
     * @return its number, if it is set
     * @throws CatalogException if it is not a number
     */
    public Optional<Double> number(String key) {
        return read(key, Number.class, "a number").map(Number::doubleValue);
    }

    /**
     * A length of time: {@code 250ms}, {@code 10s}, {@code 5m}, {@code 1h}; a bare number is seconds.
     *
     * @param key a key
     * @return its duration, if it is set
     * @throws CatalogException if it is not a duration
     */
    public Optional<Duration> duration(String key) {
        return read(key, Object.class, "a duration").flatMap(value -> {
            if (value instanceof Number seconds && seconds.doubleValue() >= 0) {
                return Optional.of(Duration.ofNanos(Math.round(seconds.doubleValue() * 1e9)));
            }
            Matcher m = DURATION.matcher(String.valueOf(value));
            if (!m.matches()) {
                return wrong(key, "is not a duration. Write 250ms, 10s, 5m or 1h.");
            }
            double unit = switch (m.group(2)) {
                case "ms" -> 1e6;
                case "s" -> 1e9;
                case "h" -> 3600e9;
                default -> 60e9;
            };
            return Optional.of(Duration.ofNanos(Math.round(Double.parseDouble(m.group(1)) * unit)));
        });
    }

    /**
     * A number of bytes: {@code 64MiB}, {@code 1GB}; a bare number is bytes.
     *
     * @param key a key
     * @return its bytes, if it is set
     * @throws CatalogException if it is not a number of bytes
     */
    public Optional<Long> bytes(String key) {
        return read(key, Object.class, "a number of bytes").flatMap(value -> {
            if (value instanceof Long bytes && bytes >= 0) {
                return Optional.of(bytes);
            }
            Matcher m = BYTES.matcher(String.valueOf(value));
            if (!m.matches()) {
                return wrong(key, "is not a number of bytes. Write 65536, 64KiB, 16MiB or 1GB.");
            }
            double unit = switch (m.group(2)) {
                case "KB" -> 1e3;
                case "MB" -> 1e6;
                case "GB" -> 1e9;
                case "KiB" -> 0x1p10;
                case "MiB" -> 0x1p20;
                case "GiB" -> 0x1p30;
                default -> 1;
            };
            return Optional.of(Math.round(Double.parseDouble(m.group(1)) * unit));
        });
    }

    /**
     * @param key a key
     * @return its texts, empty if it is not set
     * @throws CatalogException if it is not a list of texts
     */
    public List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        for (Object item : read(key, List.class, "a list of texts").orElse(List.of())) {
            if (!(item instanceof ConfigValue value) || !(value.value() instanceof String text)) {
                refuse(key, "must be a list of texts.");
                return List.of();
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /**
     * One of the constants of an enum, written in lower case, with {@code _} or {@code -} between words.
     *
     * @param key a key
     * @param type the enum
     * @return the constant, if it is set
     * @throws CatalogException if it is none of them
     */
    public <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
        return text(key).flatMap(text -> {
            for (E constant : type.getEnumConstants()) {
                if (constant.name().equalsIgnoreCase(text.replace('-', '_'))) {
                    return Optional.of(constant);
                }
            }
            List<String> names = Arrays.stream(type.getEnumConstants())
                    .map(c -> c.name().toLowerCase(Locale.ROOT))
                    .toList();
            return wrong(
                    key,
                    "is '" + text + "', but must be one of: " + String.join(", ", names) + "."
                            + Suggestion.didYouMean(text, names));
        });
    }

    /**
     * @param key a key
     * @return the section below it, empty if it is not set
     * @throws CatalogException if it is not a map
     */
    @SuppressWarnings("unchecked") // a ConfigValue's maps have this type
    public ConfigSection section(String key) {
        Optional<Map<String, ConfigValue>> map = read(key, Map.class, "a map").map(m -> (Map<String, ConfigValue>) m);
        ConfigValue value = entries.get(key);
        return new ConfigSection(
                name + "." + key,
                value == null ? position : value.position(),
                map.orElse(Map.of()),
                ConcurrentHashMap.newKeySet(),
                reading);
    }

    /** @return its values without positions */
    public Map<String, @Nullable Object> plain() {
        Map<String, @Nullable Object> plain = new LinkedHashMap<>();
        entries.forEach((key, value) -> {
            known.add(key);
            plain.put(key, value.plain());
        });
        return Collections.unmodifiableMap(plain);
    }

    /**
     * Reads the section to its end and tells all that is wrong with it at once, also every key that the reader does not ask for. The section
     * that the reader gets does not throw when a value is wrong: that counts as not set, and is told at the end. So it is with the sections
     * below it, and with {@link #refuse} and {@link #rejectOtherKeys}. What the reader throws itself, or a key that is needed and missing, ends
     * the reading; keys that are not asked for are not told then.
     *
     * @param reader makes of the section what the caller needs; what it returns is thrown away if there was a mistake. The section that it gets
     *     is like any other once the reading is over
     * @return what the reader made
     * @throws CatalogException if something is wrong: all of it
     */
    public <T> T readWhole(Function<ConfigSection, T> reader) {
        if (reading != null) { // part of a larger whole, which tells the mistakes
            return readToTheEnd(this, reader);
        }
        Reading whole = new Reading();
        T made = null;
        RuntimeException failure = null;
        try {
            made = readToTheEnd(new ConfigSection(name, position, entries, known, whole), reader);
        } catch (CatalogException e) {
            whole.add(e);
        } catch (RuntimeException e) { // it may come of a default that stands for a wrong value
            failure = e;
        }
        whole.end();
        if (made == null) {
            throw failure != null ? failure : new NullPointerException("the reader returned null");
        }
        return made;
    }

    private static <T> T readToTheEnd(ConfigSection section, Function<ConfigSection, T> reader) {
        T made = reader.apply(section);
        section.rejectOtherKeys();
        return made;
    }

    /**
     * Marks keys as known without reading them.
     *
     * @param keys the keys
     */
    public void allow(String... keys) {
        known.addAll(List.of(keys));
    }

    /**
     * Refuses every key that nobody asked for. One that was named as the misspelling of a key that is needed is not named again.
     *
     * @throws CatalogException naming each such key, where it is written, the known keys and the one that was probably meant
     */
    public void rejectOtherKeys() {
        List<CatalogException.Problem> problems = new ArrayList<>();
        for (Map.Entry<String, ConfigValue> entry : entries.entrySet()) {
            if (!known.contains(entry.getKey()) && !entry.getKey().equals(misspelt)) {
                problems.add(new CatalogException.Problem(
                        entry.getValue().position(),
                        "unknown key '" + entry.getKey() + "' in '"
                                + name + "'." + Suggestion.didYouMean(entry.getKey(), known) + " Known keys: "
                                + (known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known))) + "."));
            }
        }
        if (!problems.isEmpty()) {
            tell(new CatalogException(problems, 0));
        }
    }

    /**
     * Says that the value of a key is wrong. It returns only while the section is {@linkplain #readWhole read as a whole}: then the caller goes
     * on with some value that can be used, such as the default.
     *
     * @param key the key
     * @param problem as for {@link #error}
     * @throws CatalogException that error, unless it is told at the end of the reading
     */
    public void refuse(String key, String problem) {
        tell(error(key, problem));
    }

    private void tell(CatalogException mistake) {
        if (reading == null) {
            throw mistake;
        }
        reading.add(mistake);
    }

    /** Refuses a value, and has none in its place. */
    private <T> Optional<T> wrong(String key, String problem) {
        refuse(key, problem);
        return Optional.empty();
    }

    /**
     * An error about one key, for the caller to throw.
     *
     * @param key the key
     * @param problem what is wrong with it and what to do, beginning with a verb; never a secret
     * @return the error, with the position of the key
     */
    public CatalogException error(String key, String problem) {
        ConfigValue value = entries.get(key);
        return new CatalogException(
                value == null ? position : value.position(), "'" + key + "' in '" + name + "' " + problem);
    }

    private CatalogException missing(String key) {
        Set<String> others = new TreeSet<>(entries.keySet());
        others.removeAll(known);
        String problem = "'" + name + "' needs the key '" + key + "'.";
        String near = Suggestion.nearest(key, others).orElse(null);
        ConfigValue value = near == null ? null : entries.get(near);
        if (value == null) {
            return new CatalogException(position, problem);
        }
        misspelt = near;
        return new CatalogException(value.position(), problem + " Is '" + near + "' a misspelling of it?");
    }

    private <T> Optional<T> read(String key, Class<T> type, String what) {
        known.add(key);
        ConfigValue value = entries.get(key);
        if (value == null || value.value() == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value.value())) {
            return wrong(key, "must be " + what + ", but is " + value.kind() + ".");
        }
        return Optional.of(type.cast(value.value()));
    }

    /** @return its name and position, never its values: they may be secrets */
    @Override
    public String toString() {
        return name + " at " + position;
    }
}
