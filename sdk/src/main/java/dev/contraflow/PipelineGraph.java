package dev.contraflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The nodes of a pipeline and the edges between them, checked and put in order once. Immutable. */
final class PipelineGraph {
    private final Map<String, Node> byName = new TreeMap<>();
    private final Map<String, Node> writers = new HashMap<>(); // by base name
    private final Map<String, List<Node>> readers = new HashMap<>(); // by base name
    private final Map<Node, Set<Node>> parents = new HashMap<>();
    private final Map<Node, Set<Node>> children = new HashMap<>();
    private final List<List<Node>> levels;

    PipelineGraph(Collection<Node> given) {
        addNames(given);
        checkViews();
        addWriters();
        checkConfirms();
        addReaders();
        checkTypes();
        connect();
        levels = inLevels();
    }

    private void addNames(Collection<Node> given) {
        Map<String, List<Node>> twice = new TreeMap<>();
        for (Node node : given) {
            Node other = byName.putIfAbsent(node.name(), node);
            if (other != null) {
                twice.computeIfAbsent(node.name(), name -> new ArrayList<>(List.of(other)))
                        .add(node);
            }
        }
        if (!twice.isEmpty()) {
            Map.Entry<String, List<Node>> first = twice.entrySet().iterator().next();
            throw new PipelineException("Two nodes have the name " + quoted(twice.keySet()) + ": "
                    + first.getValue().get(0) + " and " + first.getValue().get(1)
                    + ". Give one of them another name, or put it below a namespace.");
        }
    }

    private void addWriters() {
        Map<String, String> twice = new TreeMap<>();
        for (Node node : byName.values()) {
            for (DatasetRef<?> output : node.outputs()) {
                Node other = writers.putIfAbsent(output.baseName(), node);
                if (other != null) {
                    twice.putIfAbsent(
                            output.baseName(),
                            other.equals(node)
                                    ? "twice by node '" + node.name() + "', in two views"
                                    : "by two nodes: '" + other.name() + "' and '" + node.name() + "'");
                }
            }
        }
        if (!twice.isEmpty()) {
            Map.Entry<String, String> first = twice.entrySet().iterator().next();
            Set<String> others = new TreeSet<>(twice.keySet());
            others.remove(first.getKey());
            throw new PipelineException("Dataset '" + first.getKey() + "' is written " + first.getValue()
                    + ". A dataset has one writer; give one of them another output."
                    + (others.isEmpty() ? "" : " The same is true of " + quoted(others) + "."));
        }
    }

    private void checkConfirms() {
        Map<String, Node> confirmed = new HashMap<>();
        for (Node node : byName.values()) {
            for (DatasetRef<?> dataset : node.confirms()) {
                Node other = confirmed.putIfAbsent(dataset.baseName(), node);
                if (other != null) {
                    throw new PipelineException("Dataset '" + dataset.baseName() + "' is confirmed by two nodes: '"
                            + other.name() + "' and '" + node.name() + "'. Let the last one that needs it confirm it.");
                }
            }
        }
    }

    private void addReaders() {
        for (Node node : byName.values()) {
            for (String input : baseNames(node.inputs())) {
                readers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
            }
        }
    }

    private void checkViews() {
        Map<String, Boolean> viewed = new HashMap<>();
        Set<String> mixed = new TreeSet<>();
        for (Node node : byName.values()) {
            for (DatasetRef<?> ref : refs(node)) {
                boolean isView = !ref.name().equals(ref.baseName());
                Boolean wasView = viewed.putIfAbsent(ref.baseName(), isView);
                if (wasView != null && wasView != isView) {
                    mixed.add(ref.baseName());
                }
            }
        }
        if (!mixed.isEmpty()) {
            throw new PipelineException("Dataset " + quoted(mixed)
                    + " is used both by its plain name and as a view ('"
                    + mixed.iterator().next()
                    + "@...'). Use views everywhere, or nowhere.");
        }
    }

    private void checkTypes() {
        Map<String, DatasetRef<?>> seen = new HashMap<>();
        Map<String, Node> seenIn = new HashMap<>();
        for (Node node : byName.values()) {
            for (DatasetRef<?> ref : refs(node)) {
                DatasetRef<?> other = seen.putIfAbsent(ref.name(), ref);
                Node otherNode = seenIn.putIfAbsent(ref.name(), node);
                if (other != null && otherNode != null && !other.type().equals(ref.type())) {
                    throw new PipelineException("Dataset '" + other.name() + "' is " + verb(other, otherNode) + " as "
                            + other.type() + " by node '" + otherNode.name() + "' but " + verb(ref, node) + " as "
                            + ref.type() + " by node '" + node.name() + "'. Use one DatasetRef for both.");
                }
            }
        }
    }

    private static String verb(DatasetRef<?> ref, Node node) {
        return node.outputs().contains(ref) ? "written" : "read";
    }

    private static List<DatasetRef<?>> refs(Node node) {
        List<DatasetRef<?>> refs = new ArrayList<>(node.inputs());
        refs.addAll(node.outputs());
        return refs;
    }

    private void connect() {
        byName.values().forEach(node -> {
            parents.put(node, new LinkedHashSet<>());
            children.put(node, new LinkedHashSet<>());
        });
        for (Node node : byName.values()) {
            for (DatasetRef<?> input : node.inputs()) {
                Node writer = writers.get(input.baseName());
                if (writer != null && parents(node).add(writer)) {
                    children(writer).add(node);
                }
            }
        }
    }

    /** Kahn's algorithm, a level at a time, each level by name: Kedro's order. */
    private List<List<Node>> inLevels() {
        Map<Node, Integer> open = new HashMap<>();
        byName.values().forEach(node -> open.put(node, parents(node).size()));
        List<Node> level =
                byName.values().stream().filter(node -> parents(node).isEmpty()).toList();
        List<List<Node>> order = new ArrayList<>();
        int count = 0;
        while (!level.isEmpty()) {
            order.add(List.copyOf(level));
            count += level.size();
            List<Node> next = new ArrayList<>();
            for (Node done : level) {
                for (Node child : children(done)) {
                    if (open.merge(child, -1, Integer::sum) == 0) {
                        next.add(child);
                    }
                }
            }
            next.sort(Comparator.comparing(Node::name));
            level = next;
        }
        if (count < byName.size()) {
            throw cycle(order.stream().flatMap(List::stream).collect(Collectors.toSet()));
        }
        return List.copyOf(order);
    }

    private PipelineException cycle(Set<Node> sorted) {
        Set<Node> visited = new LinkedHashSet<>();
        Node at = byName.values().stream()
                .filter(n -> !sorted.contains(n))
                .findFirst()
                .orElseThrow();
        while (visited.add(at)) { // every unsorted node has an unsorted parent, so going up must meet a node again
            at = unsortedParent(at, sorted);
        }
        Node start = at;
        List<String> path = new ArrayList<>();
        do {
            Node parent = unsortedParent(at, sorted);
            path.add(0, linkName(parent, at) + " -> " + at.name());
            at = parent;
        } while (!at.equals(start));
        return new PipelineException("The pipeline has a cycle: " + start.name() + " -> " + String.join(" -> ", path)
                + ". Let one of these nodes write another dataset.");
    }

    private Node unsortedParent(Node node, Set<Node> sorted) {
        return parents(node).stream()
                .filter(n -> !sorted.contains(n))
                .findFirst()
                .orElseThrow();
    }

    private static String linkName(Node parent, Node child) {
        Set<String> read = baseNames(child.inputs());
        return baseNames(parent.outputs()).stream()
                .filter(read::contains)
                .findFirst()
                .orElseThrow();
    }

    private static Set<String> baseNames(List<DatasetRef<?>> refs) {
        Set<String> names = new LinkedHashSet<>();
        refs.forEach(ref -> names.add(ref.baseName()));
        return names;
    }

    private static String quoted(Collection<String> names) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }

    List<List<Node>> levels() {
        return levels;
    }

    Map<String, Node> byName() {
        return byName;
    }

    @Nullable
    Node writerOf(String baseName) {
        return writers.get(baseName);
    }

    boolean isRead(String baseName) {
        return readers.containsKey(baseName);
    }

    Set<Node> parents(Node node) {
        return known(parents, node);
    }

    Set<Node> children(Node node) {
        return known(children, node);
    }

    private static Set<Node> known(Map<Node, Set<Node>> edges, Node node) {
        Set<Node> ends = edges.get(node);
        if (ends == null) {
            throw new IllegalArgumentException("Node '" + node.name() + "' is not in this pipeline");
        }
        return ends;
    }

    /** Some nodes and all that is reached from them. */
    static Set<Node> reached(Collection<Node> start, Function<Node, Set<Node>> next) {
        Set<Node> reached = new LinkedHashSet<>(start);
        Deque<Node> open = new ArrayDeque<>(reached);
        while (!open.isEmpty()) {
            for (Node node : next.apply(open.pop())) {
                if (reached.add(node)) {
                    open.push(node);
                }
            }
        }
        return reached;
    }

    /**
     * The namespaces that a path leaves and comes back to: such a namespace cannot be run or deployed as one. Of nested namespaces that one
     * path interrupts, the outermost is named.
     */
    Set<String> interruptedNamespaces() {
        Set<String> all = new TreeSet<>();
        byName.values().forEach(node -> prefixes(node.namespace(), all));
        return all.stream().filter(this::isInterrupted).collect(Collectors.toCollection(TreeSet::new));
    }

    private static void prefixes(String namespace, Set<String> into) {
        for (int dot = namespace.indexOf('.'); dot > 0; dot = namespace.indexOf('.', dot + 1)) {
            into.add(namespace.substring(0, dot));
        }
        if (!namespace.isEmpty()) {
            into.add(namespace);
        }
    }

    /** Whether a path within the next outer namespace leaves this one and comes back. */
    private boolean isInterrupted(String namespace) {
        int dot = namespace.lastIndexOf('.');
        String outer = dot < 0 ? "" : namespace.substring(0, dot);
        Function<Node, Set<Node>> within = node -> children(node).stream()
                .filter(child -> outer.isEmpty() || isIn(child.namespace(), outer))
                .collect(Collectors.toSet());
        List<Node> left = byName.values().stream()
                .filter(node -> isIn(node.namespace(), namespace))
                .flatMap(node -> within.apply(node).stream())
                .filter(node -> !isIn(node.namespace(), namespace))
                .toList();
        return reached(left, within).stream().anyMatch(node -> isIn(node.namespace(), namespace));
    }

    static boolean isIn(String namespace, String outer) {
        return namespace.equals(outer) || namespace.startsWith(outer + ".");
    }
}
