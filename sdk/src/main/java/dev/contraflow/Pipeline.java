package dev.contraflow;

import dev.contraflow.config.Suggestion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An immutable, validated set of nodes. Its edges follow from the names of the datasets: who reads what another writes, runs after it. The
 * order of {@link #nodes()} is fixed by the nodes alone: level by level, each level by name (Kedro's order). Every operation gives a new
 * pipeline. Thread-safe.
 */
public final class Pipeline {
    private final List<Node> nodes;
    private final Map<String, Node> byName;
    private final Map<String, Node> writers; // by base name
    private final Map<String, List<Node>> readers; // by base name

    private Pipeline(Collection<Node> given) {
        this.byName = byName(given);
        this.writers = writers(byName.values());
        this.readers = readers(byName.values());
        checkNamesAndTypes();
        this.nodes = sorted();
    }

    /**
     * A pipeline of nodes.
     *
     * @param nodes the nodes, in any order; the same node may be given twice
     * @throws PipelineException if two nodes have one name or write one dataset, if there is a cycle, or if one dataset has two types
     */
    public static Pipeline of(Node... nodes) {
        return new Pipeline(Arrays.asList(nodes));
    }

    /**
     * A pipeline of nodes.
     *
     * @param nodes the nodes, in any order; the same node may be given twice
     * @throws PipelineException as {@link #of(Node...)} does
     */
    public static Pipeline of(Collection<Node> nodes) {
        return new Pipeline(nodes);
    }

    private static Map<String, Node> byName(Collection<Node> given) {
        Map<String, Node> named = new TreeMap<>();
        for (Node node : given) {
            Node other = named.putIfAbsent(node.name(), node);
            if (other != null && other != node) {
                throw new PipelineException("Two nodes have the name '" + node.name() + "': " + other + " and " + node
                        + ". Give one of them another name.");
            }
        }
        return named;
    }

    private static Map<String, Node> writers(Collection<Node> nodes) {
        Map<String, Node> writers = new HashMap<>();
        for (Node node : nodes) {
            for (DatasetRef<?> output : node.outputs()) {
                Node other = writers.putIfAbsent(output.baseName(), node);
                if (other != null) {
                    throw new PipelineException("Dataset '" + output.baseName() + "' is written by two nodes: '"
                            + other.name() + "' and '" + node.name()
                            + "'. A dataset has one writer; give one of them another output.");
                }
            }
        }
        return writers;
    }

    private static Map<String, List<Node>> readers(Collection<Node> nodes) {
        Map<String, List<Node>> readers = new HashMap<>();
        for (Node node : nodes) {
            for (String input : baseNames(node.inputs())) {
                readers.computeIfAbsent(input, name -> new ArrayList<>()).add(node);
            }
        }
        return readers;
    }

    private static Set<String> baseNames(List<DatasetRef<?>> refs) {
        Set<String> names = new LinkedHashSet<>();
        refs.forEach(ref -> names.add(ref.baseName()));
        return names;
    }

    private void checkNamesAndTypes() {
        Map<String, DatasetRef<?>> seen = new HashMap<>();
        Map<String, Node> seenIn = new HashMap<>();
        Map<String, Boolean> viewed = new HashMap<>();
        for (Node node : byName.values()) {
            List<DatasetRef<?>> refs = new ArrayList<>(node.inputs());
            refs.addAll(node.outputs());
            for (DatasetRef<?> ref : refs) {
                DatasetRef<?> other = seen.putIfAbsent(ref.name(), ref);
                Node otherNode = seenIn.putIfAbsent(ref.name(), node);
                if (other != null && otherNode != null && !other.type().equals(ref.type())) {
                    throw twoTypes(other, otherNode, ref, node);
                }
                boolean isView = !ref.name().equals(ref.baseName());
                Boolean wasView = viewed.putIfAbsent(ref.baseName(), isView);
                if (wasView != null && wasView != isView) {
                    throw new PipelineException("Dataset '" + ref.baseName()
                            + "' is used both by its plain name and as a view ('" + ref.baseName()
                            + "@...'). Use views everywhere, or nowhere.");
                }
            }
        }
    }

    private static PipelineException twoTypes(DatasetRef<?> one, Node oneNode, DatasetRef<?> two, Node twoNode) {
        return new PipelineException("Dataset '" + one.name() + "' is " + verb(one, oneNode) + " as " + one.type()
                + " by node '" + oneNode.name() + "' but " + verb(two, twoNode) + " as " + two.type() + " by node '"
                + twoNode.name() + "'. Use one DatasetRef for both.");
    }

    private static String verb(DatasetRef<?> ref, Node node) {
        return node.outputs().contains(ref) ? "written" : "read";
    }

    /** Kahn's algorithm, a level at a time. */
    private List<Node> sorted() {
        Map<Node, Integer> open = new HashMap<>();
        byName.values().forEach(node -> open.put(node, parents(node).size()));
        List<Node> level =
                byName.values().stream().filter(node -> parents(node).isEmpty()).toList();
        List<Node> order = new ArrayList<>(byName.size());
        while (!level.isEmpty()) {
            order.addAll(level);
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
        if (order.size() < byName.size()) {
            throw cycle(new HashSet<>(order));
        }
        return List.copyOf(order);
    }

    private PipelineException cycle(Set<Node> sorted) {
        List<String> path = new ArrayList<>();
        Set<Node> visited = new LinkedHashSet<>();
        Node at = byName.values().stream()
                .filter(n -> !sorted.contains(n))
                .findFirst()
                .orElseThrow();
        while (visited.add(at)) { // every unsorted node has an unsorted parent, so going up must meet a node again
            at = parents(at).stream()
                    .filter(n -> !sorted.contains(n))
                    .findFirst()
                    .orElseThrow();
        }
        Node start = at;
        do {
            Node parent = parents(at).stream()
                    .filter(n -> !sorted.contains(n))
                    .findFirst()
                    .orElseThrow();
            path.add(0, linkName(parent, at) + " -> " + at.name());
            at = parent;
        } while (at != start);
        return new PipelineException("The pipeline has a cycle: " + start.name() + " -> " + String.join(" -> ", path)
                + ". Let one of these nodes write another dataset.");
    }

    private static String linkName(Node parent, Node child) {
        Set<String> read = baseNames(child.inputs());
        return baseNames(parent.outputs()).stream()
                .filter(read::contains)
                .findFirst()
                .orElseThrow();
    }

    /** @return the nodes in the order in which they run one after the other; unmodifiable */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * @param name the name of a node
     * @return the node
     * @throws PipelineException if there is none of that name
     */
    public Node node(String name) {
        Node node = byName.get(name);
        if (node == null) {
            throw new PipelineException("The pipeline has no node '" + name + "'."
                    + Suggestion.didYouMean(name, byName.keySet()) + " Its nodes: " + shortList(byName.keySet()) + ".");
        }
        return node;
    }

    /** @return what is read and written by no node: the datasets that must be there before; sorted by name */
    public Set<DatasetRef<?>> inputs() {
        return refs(node -> node.inputs(), ref -> !writers.containsKey(ref.baseName()));
    }

    /** @return what is written and read by no node: the datasets that are the result; sorted by name */
    public Set<DatasetRef<?>> outputs() {
        return refs(node -> node.outputs(), ref -> !readers.containsKey(ref.baseName()));
    }

    /** @return all that is read or written; sorted by name */
    public Set<DatasetRef<?>> datasets() {
        Set<DatasetRef<?>> all = new TreeSet<>(Comparator.comparing(DatasetRef::name));
        all.addAll(refs(Node::inputs, ref -> true));
        all.addAll(refs(Node::outputs, ref -> true));
        return java.util.Collections.unmodifiableSet(all);
    }

    private Set<DatasetRef<?>> refs(Function<Node, List<DatasetRef<?>>> side, Predicate<DatasetRef<?>> wanted) {
        Set<DatasetRef<?>> refs = new TreeSet<>(Comparator.comparing(DatasetRef::name));
        nodes.forEach(node -> side.apply(node).stream().filter(wanted).forEach(refs::add));
        return java.util.Collections.unmodifiableSet(refs);
    }

    /**
     * The node that writes a dataset.
     *
     * @param dataset the dataset's name, with or without a view
     * @return its writer, or null if it is an input of the pipeline
     */
    public @Nullable Node writerOf(String dataset) {
        return writers.get(base(dataset));
    }

    /**
     * The nodes that must run before a node.
     *
     * @param node one of this pipeline's nodes
     * @return the writers of what it reads, each once
     */
    public Set<Node> parents(Node node) {
        Set<Node> parents = new LinkedHashSet<>();
        for (DatasetRef<?> input : node.inputs()) {
            Node writer = writers.get(input.baseName());
            if (writer != null) {
                parents.add(writer);
            }
        }
        return parents;
    }

    /**
     * The nodes that wait for a node.
     *
     * @param node one of this pipeline's nodes
     * @return the readers of what it writes, each once
     */
    public Set<Node> children(Node node) {
        Set<Node> children = new LinkedHashSet<>();
        node.outputs().forEach(output -> children.addAll(readers.getOrDefault(output.baseName(), List.of())));
        return children;
    }

    /**
     * The nodes of both.
     *
     * @param other another pipeline
     * @return the union
     * @throws PipelineException if together they are not valid
     */
    public Pipeline plus(Pipeline other) {
        List<Node> both = new ArrayList<>(nodes);
        both.addAll(other.nodes);
        return new Pipeline(both);
    }

    /**
     * The nodes of this that are not in another.
     *
     * @param other another pipeline
     * @return the difference
     */
    public Pipeline minus(Pipeline other) {
        Set<Node> gone = new HashSet<>(other.nodes);
        return where(node -> !gone.contains(node));
    }

    /**
     * The nodes with one of some tags.
     *
     * @param tags the tags; a node needs only one of them
     * @return the slice, which may be empty
     */
    public Pipeline onlyTagged(String... tags) {
        Set<String> wanted = Set.of(tags);
        return where(node -> node.tags().stream().anyMatch(wanted::contains));
    }

    /**
     * Some nodes alone.
     *
     * @param names their names
     * @return the slice
     * @throws PipelineException if there is no node of such a name
     */
    public Pipeline onlyNodes(String... names) {
        return new Pipeline(Arrays.stream(names).map(this::node).toList());
    }

    /**
     * Some nodes and all that run after them because of them.
     *
     * @param names their names
     * @return the slice
     * @throws PipelineException if there is no node of such a name
     */
    public Pipeline fromNodes(String... names) {
        return closure(Arrays.stream(names).map(this::node).toList(), this::children);
    }

    /**
     * Some nodes and all that must run before them.
     *
     * @param names their names
     * @return the slice
     * @throws PipelineException if there is no node of such a name
     */
    public Pipeline toNodes(String... names) {
        return closure(Arrays.stream(names).map(this::node).toList(), this::parents);
    }

    /**
     * The readers of some datasets, and all that run after them because of them.
     *
     * @param datasets the datasets' names; a name without view stands for all its views
     * @return the slice
     * @throws PipelineException if no node reads or writes such a dataset
     */
    public Pipeline fromInputs(String... datasets) {
        checkKnown(datasets);
        return closure(
                nodes.stream().filter(node -> names(node.inputs(), datasets)).toList(), this::children);
    }

    /**
     * The writers of some datasets, and all that must run before them.
     *
     * @param datasets the datasets' names; a name without view stands for all its views
     * @return the slice
     * @throws PipelineException if no node reads or writes such a dataset
     */
    public Pipeline toOutputs(String... datasets) {
        checkKnown(datasets);
        return closure(
                nodes.stream().filter(node -> names(node.outputs(), datasets)).toList(), this::parents);
    }

    /**
     * This pipeline with more tags on every node.
     *
     * @param tags the tags to add
     * @return a new pipeline of new nodes
     */
    public Pipeline withTags(String... tags) {
        return new Pipeline(nodes.stream().map(node -> node.withTags(tags)).toList());
    }

    private static boolean names(List<DatasetRef<?>> refs, String... datasets) {
        return refs.stream()
                .anyMatch(ref -> Arrays.stream(datasets)
                        .anyMatch(name ->
                                ref.name().equals(name) || ref.baseName().equals(name)));
    }

    private void checkKnown(String... datasets) {
        Set<String> known = datasets().stream()
                .flatMap(ref -> java.util.stream.Stream.of(ref.name(), ref.baseName()))
                .collect(Collectors.toCollection(TreeSet::new));
        for (String name : datasets) {
            if (!known.contains(name)) {
                throw new PipelineException("The pipeline has no dataset '" + name + "'."
                        + Suggestion.didYouMean(name, known) + " Its datasets: " + shortList(known) + ".");
            }
        }
    }

    private Pipeline where(Predicate<Node> wanted) {
        return new Pipeline(nodes.stream().filter(wanted).toList());
    }

    private Pipeline closure(List<Node> start, Function<Node, Set<Node>> next) {
        Set<Node> reached = new LinkedHashSet<>(start);
        Deque<Node> open = new ArrayDeque<>(start);
        while (!open.isEmpty()) {
            for (Node node : next.apply(open.pop())) {
                if (reached.add(node)) {
                    open.push(node);
                }
            }
        }
        return new Pipeline(reached);
    }

    private static String base(String dataset) {
        int at = dataset.indexOf('@');
        return at < 0 ? dataset : dataset.substring(0, at);
    }

    private static String shortList(Collection<String> names) {
        String list = names.stream().limit(12).collect(Collectors.joining(", "));
        return names.size() <= 12 ? list : list + " and " + (names.size() - 12) + " more";
    }

    /** @return its nodes, a line each */
    @Override
    public String toString() {
        return nodes.stream().map(Node::toString).collect(Collectors.joining("\n"));
    }
}
