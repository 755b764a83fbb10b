package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.internal.catalog.Problems;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads one YAML document into values with positions. SnakeYAML finds the nodes; types, keys, aliases and merges are decided here, because
 * no binding library reports where a duplicate or unknown key stands. One reader reads one text; used by one thread.
 */
final class YamlReader {
    private static final Tag UNTAGGED = new Tag("tag:contraflow.dev,2026:untagged");
    private static final Tag BINARY = new Tag(Tag.PREFIX + "binary");

    private final String file;
    private final Quoting quoting;
    private final Budget budget;
    private final Problems problems;
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());

    YamlReader(String file, Quoting quoting, Budget budget, Problems problems) {
        this.file = file;
        this.quoting = quoting;
        this.budget = budget;
        this.problems = problems;
    }

    /**
     * Reads a text by itself.
     *
     * @param text one YAML document, or nothing
     * @param file what it is called in messages
     * @param quoting whether messages may quote values
     * @return its value
     * @throws CatalogException if it is not a document that this reader accepts
     */
    static ConfigValue read(String text, String file, Quoting quoting) {
        Problems problems = new Problems();
        ConfigValue value = problems.get(() -> new YamlReader(file, quoting, new Budget(), problems).read(text));
        problems.throwIfAny();
        return Objects.requireNonNull(value, "neither a value nor a problem");
    }

    /** The value of the text; null in it for an empty one. Mistakes that keep it from being read on are thrown, others collected. */
    ConfigValue read(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(Budget.DEPTH);
        options.setCodePointLimit(Integer.MAX_VALUE); // files have a limit of their own
        options.setMaxAliasesForCollections(Integer.MAX_VALUE); // the budget of values bounds what aliases multiply
        options.setTagInspector(
                tag -> true); // no object is ever made of a tag; those that are unknown are refused below
        Bounded parser = new Bounded(new ParserImpl(new StreamReader(text), options));
        try {
            Composer composer = new Composer(parser, new KeepUntagged(), options);
            if (!composer.checkNode()) {
                if (text.stripLeading().startsWith("%")) {
                    throw new CatalogException(
                            new SourcePosition(file, 1, 1),
                            "this is not valid YAML: a text cannot begin with '%'. Quote it.");
                }
                return new ConfigValue(null, new SourcePosition(file, 1, 1));
            }
            Node root = composer.getNode();
            if (composer.checkNode()) {
                throw error(
                        parser.peekEvent().getStartMark(),
                        "a second document begins here. Put one document into a file.");
            }
            return convert(root, position(root), 1);
        } catch (MarkedYAMLException e) {
            throw syntaxError(e, text);
        } catch (ReaderException e) {
            throw unprintable(text);
        } catch (YAMLException e) { // SnakeYAML gives no position when it meets its own limit
            throw new CatalogException(parser.reached(), tooDeep());
        }
    }

    private ConfigValue convert(Node node, SourcePosition at, int depth) {
        if (!budget.addValue()) {
            throw error(node.getStartMark(), tooManyValues());
        }
        if (depth > Budget.DEPTH) { // aliases can nest deeper than the text does
            throw error(node.getStartMark(), tooDeep());
        }
        if (node instanceof ScalarNode scalar) {
            return new ConfigValue(scalar(scalar), at);
        }
        if (!open.add(node)) {
            throw error(node.getStartMark(), "an anchor contains an alias to itself. Remove the alias.");
        }
        try {
            return new ConfigValue(
                    node instanceof MappingNode mapping ? map(mapping, depth) : list((SequenceNode) node, depth), at);
        } finally {
            open.remove(node);
        }
    }

    private List<ConfigValue> list(SequenceNode node, int depth) {
        checkTag(node, Tag.SEQ);
        List<ConfigValue> items = new ArrayList<>();
        for (Node item : node.getValue()) {
            items.add(convert(item, position(item), depth + 1));
        }
        return Collections.unmodifiableList(items);
    }

    /** What is merged comes first and the map's own keys win, wherever the merge stands. */
    private Map<String, ConfigValue> map(MappingNode node, int depth) {
        checkTag(node, Tag.MAP);
        Map<String, Node> keys = new HashMap<>();
        Map<String, ConfigValue> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            if (isMerge(tuple)) {
                problems.check(() -> merge(tuple.getValueNode(), entries, depth));
            }
        }
        for (NodeTuple tuple : node.getValue()) {
            String key = isMerge(tuple) ? null : problems.get(() -> key(tuple.getKeyNode()));
            Node first = key == null ? null : keys.putIfAbsent(key, tuple.getKeyNode());
            if (key != null && first != null) {
                problems.add(() -> twice(key, first, tuple.getKeyNode()));
            } else if (key != null) {
                SourcePosition at = position(tuple.getKeyNode());
                entries.put(key, convert(tuple.getValueNode(), at, depth + 1));
            }
        }
        return Collections.unmodifiableMap(entries);
    }

    private CatalogException twice(String key, Node first, Node second) {
        if (isText(first) == isText(second)) {
            return duplicate(key, position(second), first.getStartMark().getLine() + 1);
        }
        return error(
                second.getStartMark(),
                "the keys " + key + " and '" + key + "' (the other one at line "
                        + (first.getStartMark().getLine() + 1)
                        + ") are one key, since keys are texts. Keep one of them.");
    }

    /** What a key that stands twice in one file is told. */
    static CatalogException duplicate(String key, SourcePosition at, int firstLine) {
        return new CatalogException(
                at, "key '" + key + "' is already set at line " + firstLine + ". Keep one of them.");
    }

    private static boolean isText(Node key) {
        return !(key instanceof ScalarNode scalar)
                || !scalar.isPlain()
                || YamlScalars.typed(scalar.getValue()) instanceof String;
    }

    static String tooManyValues() {
        return "more than " + Budget.VALUES
                + " values once aliases and references are followed. Use fewer of them, and keep data in datasets.";
    }

    private static String tooDeep() {
        return "nested deeper than " + Budget.DEPTH + " levels. Make it flatter.";
    }

    /** Of several merged maps the earlier one wins, as the merge type of YAML 1.1 says. */
    private void merge(Node from, Map<String, ConfigValue> into, int depth) {
        List<Node> maps = from instanceof SequenceNode several ? several.getValue() : List.of(from);
        for (Node map : maps) {
            Map<String, ConfigValue> merged = convert(map, position(map), depth).entries();
            if (merged == null) {
                throw error(map.getStartMark(), "'<<' merges maps only. Write '<<: *anchor' or '<<: [*a, *b]'.");
            }
            merged.forEach(into::putIfAbsent);
        }
    }

    private static boolean isMerge(NodeTuple tuple) {
        return tuple.getKeyNode() instanceof ScalarNode key
                && key.isPlain()
                && key.getValue().equals("<<");
    }

    private String key(Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            throw error(
                    node.getStartMark(),
                    "a key must be a text. Quote it if it begins with '{', '[' or a similar sign.");
        }
        if (scalar.isPlain() && YamlScalars.typed(scalar.getValue()) == null) {
            throw error(node.getStartMark(), "a key is missing, or is null. Quote it if it is meant as a text.");
        }
        return scalar.getValue();
    }

    private @Nullable Object scalar(ScalarNode node) {
        String text = node.getValue();
        Tag tag = node.getTag();
        if (tag.equals(Tag.STR)) {
            return text;
        }
        if (!tag.equals(UNTAGGED)) {
            return problems.get(() -> tagged(node));
        }
        if (text.equals("=")) { // a type of its own in YAML 1.1
            problems.add(() -> error(node.getStartMark(), "a lone '=' has no value in YAML. Quote it."));
        }
        return YamlScalars.typed(text);
    }

    private @Nullable Object tagged(ScalarNode node) {
        Tag tag = node.getTag();
        if (tag.equals(BINARY)) {
            return binary(node);
        }
        Object value = YamlScalars.typed(node.getValue());
        if (tag.equals(Tag.FLOAT) && value instanceof Number number) {
            return number.doubleValue();
        }
        boolean whole = value instanceof Number && !(value instanceof Double);
        boolean fits = (tag.equals(Tag.BOOL) && value instanceof Boolean)
                || (tag.equals(Tag.NULL) && value == null)
                || (tag.equals(Tag.INT) && whole);
        if (!fits) {
            throw unknownTag(node);
        }
        return value;
    }

    private byte[] binary(ScalarNode node) {
        try {
            return Base64.getMimeDecoder().decode(node.getValue());
        } catch (IllegalArgumentException e) {
            throw error(node.getStartMark(), "the tag '!!binary' does not fit: this is not base 64.");
        }
    }

    private void checkTag(Node node, Tag expected) {
        if (!node.getTag().equals(expected)) {
            problems.add(() -> unknownTag(node));
        }
    }

    private CatalogException unknownTag(Node node) {
        String tag = node.getTag().getValue().replace(Tag.PREFIX, "!!");
        return error(
                node.getStartMark(),
                (quoting == Quoting.VALUES ? "the tag '" + tag + "'" : "a tag")
                        + " is unknown or does not fit. Configurations hold plain values; quote a text that begins with '!'.");
    }

    private CatalogException syntaxError(MarkedYAMLException e, String text) {
        Mark at = e.getProblemMark() != null ? e.getProblemMark() : e.getContextMark();
        String problem = String.valueOf(e.getProblem());
        String line = text.lines().skip(at.getLine()).findFirst().orElse("");
        if (problem.contains("(TAB)")) {
            return invalid(at, "a tab stands where spaces belong. Indent with spaces.");
        }
        if (problem.contains("<block end>") && line.stripLeading().startsWith("{")) {
            return invalid(at, "a key that starts with '{' must be quoted.");
        }
        if (quoting == Quoting.NOTHING) { // the scanner's words can quote a secret; its exception quotes the whole line
            return invalid(at, "quote values that hold special characters.");
        }
        boolean isIndented = at.getLine() > 0
                && (problem.contains("mapping values are not allowed") || problem.contains("<block end>"));
        String hint = isIndented
                ? " Check how this line and those before it are indented, and quote a text that holds ': '."
                : "";
        Mark begun = e.getContextMark();
        String where =
                begun == null || begun.getLine() == at.getLine() ? "" : ", begun at line " + (begun.getLine() + 1);
        String context = e.getContext() == null ? "" : e.getContext() + where + ": ";
        return invalid(at, context + problem.strip().replaceAll("\\s+", " ") + "." + hint);
    }

    private CatalogException invalid(Mark at, String problem) {
        return error(at, "this is not valid YAML: " + problem);
    }

    private CatalogException unprintable(String text) {
        int line = 1;
        int column = 1;
        for (int c : text.codePoints().toArray()) {
            if (!StreamReader.isPrintable(c)) {
                return new CatalogException(
                        new SourcePosition(file, line, column),
                        "this is not valid YAML: the character U+%04X cannot stand in it. Remove it or write it as an escape."
                                .formatted(c));
            }
            line = c == '\n' ? line + 1 : line;
            column = c == '\n' ? 1 : column + 1;
        }
        throw new IllegalStateException("SnakeYAML refused a character that it calls printable");
    }

    private SourcePosition position(Node node) {
        return position(node.getStartMark());
    }

    private SourcePosition position(Mark mark) {
        return new SourcePosition(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private CatalogException error(Mark mark, String problem) {
        return new CatalogException(position(mark), problem);
    }

    /** Leaves the types of plain scalars to {@link YamlScalars}. */
    private static final class KeepUntagged extends Resolver {
        @Override
        protected void addImplicitResolvers() {}

        @Override
        public Tag resolve(NodeId kind, @Nullable String value, boolean implicit) {
            return kind == NodeId.scalar && implicit ? UNTAGGED : super.resolve(kind, value, implicit);
        }
    }

    /** Counts what is read before it is composed, since nodes take memory as soon as they are made; and knows how far it came. */
    private final class Bounded implements Parser {
        private final Parser parser;
        private int events;
        private SourcePosition reached = new SourcePosition(file, 1, 1);

        Bounded(Parser parser) {
            this.parser = parser;
        }

        @Override
        public boolean checkEvent(Event.ID choice) {
            return parser.checkEvent(choice);
        }

        @Override
        public Event peekEvent() {
            Event event = parser.peekEvent();
            reached = position(event.getStartMark());
            return event;
        }

        SourcePosition reached() {
            return reached;
        }

        @Override
        public Event getEvent() {
            Event event = parser.getEvent();
            if (++events > Budget.VALUES) {
                throw error(event.getStartMark(), tooManyValues());
            }
            return event;
        }
    }
}
