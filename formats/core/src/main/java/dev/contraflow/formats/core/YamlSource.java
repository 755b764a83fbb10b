package dev.contraflow.formats.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Tokens from a tree of SnakeYAML's nodes. An alias is the very node it points to, so that it is read as a copy of the value. */
final class YamlSource implements Source {
    /** Aliases of aliases grow without end: so many tokens may come from aliases. */
    private static final int MOST_TOKENS_FROM_ALIASES = 1_000_000;

    private final List<Part> parts = new ArrayList<>();
    private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int fromAliases;
    private int at = -1;

    private record Part(Token token, String text, @Nullable Mark mark) {}

    /** @throws Misplaced if the tree holds what data cannot be: tags, recursion, ambiguous words */
    YamlSource(Node root) throws Misplaced {
        add(root);
        parts.add(new Part(Token.END, "", root.getEndMark()));
    }

    /** A refusal at a mark. */
    static final class Misplaced extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable Mark mark;
        private final Refusal refusal;

        Misplaced(@Nullable Mark mark, Refusal refusal) {
            super(refusal);
            this.mark = mark;
            this.refusal = refusal;
        }

        Refusal refusal() {
            return refusal;
        }

        String position() {
            return YamlSource.position(mark);
        }
    }

    private void add(Node node) throws Misplaced {
        if (!seen.add(node) && ++fromAliases > MOST_TOKENS_FROM_ALIASES) {
            throw new Misplaced(node.getStartMark(), new Refusal("the aliases make too many values"));
        }
        if (node instanceof ScalarNode scalar) {
            parts.add(scalarPart(scalar));
            return;
        }
        requireCoreTag(node, node instanceof SequenceNode ? Tag.SEQ : Tag.MAP);
        if (!open.add(node)) {
            throw new Misplaced(node.getStartMark(), new Refusal("the value contains itself by an alias"));
        }
        if (node instanceof SequenceNode sequence) {
            parts.add(new Part(Token.LIST, "", node.getStartMark()));
            for (Node element : sequence.getValue()) {
                add(element);
            }
            parts.add(new Part(Token.END_LIST, "", node.getEndMark()));
        } else if (node instanceof MappingNode mapping) {
            addMapping(mapping);
        }
        open.remove(node);
    }

    private void addMapping(MappingNode mapping) throws Misplaced {
        parts.add(new Part(Token.MAP, "", mapping.getStartMark()));
        for (NodeTuple entry : mapping.getValue()) {
            Node key = entry.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                throw new Misplaced(key.getStartMark(), new Refusal("a key must be a text"));
            }
            Part part = scalarPart(scalar);
            if (part.token != Token.TEXT) {
                throw new Misplaced(
                        key.getStartMark(),
                        new Refusal("the key " + Texts.quote(scalar.getValue()) + " is not a text; quote it"));
            }
            parts.add(new Part(Token.KEY, part.text, part.mark));
            add(entry.getValueNode());
        }
        parts.add(new Part(Token.END_MAP, "", mapping.getEndMark()));
    }

    private static Part scalarPart(ScalarNode scalar) throws Misplaced {
        requireCoreTag(scalar, Tag.STR);
        String text = scalar.getValue();
        if (!scalar.isPlain()) {
            return new Part(Token.TEXT, text, scalar.getStartMark());
        }
        try {
            Token token = YamlWords.tokenOf(text);
            return new Part(
                    token, token == Token.INTEGER ? YamlWords.decimalDigits(text) : text, scalar.getStartMark());
        } catch (Refusal refusal) {
            throw new Misplaced(scalar.getStartMark(), refusal);
        }
    }

    private static void requireCoreTag(Node node, Tag core) throws Misplaced {
        if (!node.getTag().equals(core)) {
            throw new Misplaced(
                    node.getStartMark(),
                    new Refusal("the tag " + Texts.quote(node.getTag().getValue()) + " is not supported"));
        }
    }

    @Override
    public Token token() {
        return parts.get(at).token;
    }

    @Override
    public Token next() {
        at = Math.min(at + 1, parts.size() - 1);
        return token();
    }

    @Override
    public String text() {
        return parts.get(at).text;
    }

    @Override
    public String position() {
        return position(parts.get(Math.max(at, 0)).mark);
    }

    static String position(@Nullable Mark mark) {
        return mark == null
                ? "an unknown place"
                : "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }
}
