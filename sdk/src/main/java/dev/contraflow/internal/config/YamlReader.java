package dev.contraflow.internal.config;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads one YAML document into values with positions. SnakeYAML finds the nodes; types, keys, aliases and merges are decided here, because
 * no binding library reports where a duplicate or unknown key stands. One reader reads one text; used by one thread.
 */
public final class YamlReader {
    /** Whether messages may quote what is written. */
    public enum Quoting {
        /** They may. */
        VALUES,
        /** They may not: the values are secrets. */
        NOTHING
    }

    private static final int DEPTH = 64;
    private static final int VALUES = 1_000_000;
    private static final long FILE_BYTES = 16L << 20;
    private static final Tag UNTAGGED = new Tag("tag:contraflow.dev,2026:untagged");

    private final String file;
    private final Quoting quoting;
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int values;

    private YamlReader(String file, Quoting quoting) {
        this.file = file;
        this.quoting = quoting;
    }

    /**
     * Reads a file.
     *
     * @param path the file
     * @param shown what it is called in messages
     * @param quoting whether messages may quote values
     * @return its value; null for an empty file
     * @throws CatalogException if it cannot be read, is not UTF-8, too large, or not a document that this reader accepts
     */
    public static ConfigValue readFile(Path path, String shown, Quoting quoting) {
        try {
            if (Files.size(path) > FILE_BYTES) {
                throw new CatalogException(shown + ": the file is larger than " + (FILE_BYTES >> 20)
                        + " MiB. Keep data in datasets, not in the configuration.");
            }
            byte[] bytes = Files.readAllBytes(path);
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return read(text, shown, quoting);
        } catch (CharacterCodingException e) {
            throw new CatalogException(shown + ": the file is not UTF-8. Save it with that encoding.", e);
        } catch (IOException e) {
            throw new CatalogException(shown + ": the file cannot be read: " + e, e);
        }
    }

    /**
     * Reads a text.
     *
     * @param text one YAML document, or nothing
     * @param file what it is called in messages
     * @param quoting whether messages may quote values
     * @return its value
     * @throws CatalogException if it is not a document that this reader accepts
     */
    public static ConfigValue read(String text, String file, Quoting quoting) {
        String withoutMark = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return new YamlReader(file, quoting).document(withoutMark);
    }

    private ConfigValue document(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(DEPTH);
        options.setMaxAliasesForCollections(Integer.MAX_VALUE); // the budget of values bounds what aliases multiply
        options.setTagInspector(
                tag -> true); // no object is ever made of a tag; those that are unknown are refused below
        ParserImpl parser = new ParserImpl(new StreamReader(text), options);
        try {
            Composer composer = new Composer(parser, new KeepUntagged(), options);
            if (!composer.checkNode()) {
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
            throw error(parser.peekEvent().getStartMark(), "nested deeper than " + DEPTH + " levels. Make it flatter.");
        }
    }

    private ConfigValue convert(Node node, SourcePosition at, int depth) {
        if (++values > VALUES) {
            throw error(
                    node.getStartMark(),
                    "more than " + VALUES + " values once the aliases are followed. Use fewer aliases.");
        }
        if (depth > DEPTH) { // aliases can nest deeper than the text does
            throw error(node.getStartMark(), "nested deeper than " + DEPTH + " levels. Make it flatter.");
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
            String key = key(tuple.getKeyNode());
            Node first = keys.putIfAbsent(key, tuple.getKeyNode());
            if (first != null) {
                throw error(
                        tuple.getKeyNode().getStartMark(),
                        "key '" + key + "' is already set at line "
                                + (first.getStartMark().getLine() + 1) + ". Keep one of them.");
            }
            if (isMerge(tuple)) {
                merge(tuple.getValueNode(), entries, depth);
            }
        }
        for (NodeTuple tuple : node.getValue()) {
            if (!isMerge(tuple)) {
                SourcePosition at = position(tuple.getKeyNode());
                entries.put(key(tuple.getKeyNode()), convert(tuple.getValueNode(), at, depth + 1));
            }
        }
        return Collections.unmodifiableMap(entries);
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
        if (node.getTag().equals(Tag.STR)) {
            return text;
        }
        if (!node.getTag().equals(UNTAGGED)) {
            return tagged(node);
        }
        if (YamlScalars.isAmbiguous(text)) {
            throw error(
                    node.getStartMark(),
                    (quoting == Quoting.VALUES ? "'" + text + "'" : "this value")
                            + " means different things to YAML 1.1 and 1.2; quote it to keep the text, or write "
                            + (Character.isLetter(text.charAt(0)) ? "true or false." : "a plain decimal number."));
        }
        return YamlScalars.typed(text);
    }

    private @Nullable Object tagged(ScalarNode node) {
        Object value = YamlScalars.typed(node.getValue());
        Tag tag = node.getTag();
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

    private void checkTag(Node node, Tag expected) {
        if (!node.getTag().equals(expected)) {
            throw unknownTag(node);
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
            return error(at, "a tab stands where spaces belong. Indent with spaces.");
        }
        if (problem.contains("<block end>") && line.stripLeading().startsWith("{")) {
            return error(at, "a key that starts with '{' must be quoted.");
        }
        if (quoting == Quoting.NOTHING) { // the scanner's words can quote a secret; its exception quotes the whole line
            return error(at, "this is not valid YAML. Quote values that hold special characters.");
        }
        String context = e.getContext() == null ? "" : e.getContext() + ": ";
        return error(at, context + problem.strip().replaceAll("\\s+", " "));
    }

    private CatalogException unprintable(String text) {
        int line = 1;
        int column = 1;
        for (int c : text.codePoints().toArray()) {
            if (!StreamReader.isPrintable(c)) {
                return new CatalogException(new SourcePosition(file, line, column)
                        + ": the character U+%04X cannot stand in YAML. Remove it or write it as an escape."
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
        return new CatalogException(position(mark) + ": " + problem);
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
}
