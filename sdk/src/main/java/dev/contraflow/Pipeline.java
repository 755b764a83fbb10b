package dev.contraflow;

import dev.contraflow.config.Suggestion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An immutable, validated set of nodes. Its edges follow from the names of the datasets: who reads what another writes, runs after it. The
 * order of {@link #nodes()} is fixed by the nodes alone: level by level, each level by name (Kedro's order). Every operation gives a new
 * pipeline; names given to one are a set, so that a name twice is the same as once. Thread-safe.
 */
public final class Pipeline {
    private static final Comparator<DatasetRef<?>> BY_NAME = Comparator.comparing(DatasetRef::name);

    private final PipelineGraph graph;
    private final List<Node> nodes;

    private Pipeline(Collection<Node> given) {
        this.graph = new PipelineGraph(given);
        this.nodes = graph.levels().stream().flatMap(List::stream).toList();
    }

    /**
     * A pipeline of nodes.
     *
     * @param nodes the nodes, in any order
     * @throws PipelineException if two nodes have one name or write or confirm one dataset, if there is a cycle, if one dataset has two
     *     types, or is used with and without a view
     */
    public static Pipeline of(Node... nodes) {
        return new Pipeline(Arrays.asList(nodes));
    }

    /**
     * A pipeline of nodes.
     *
     * @param nodes the nodes, in any order
     * @throws PipelineException as {@link #of(Node...)} does
     */
    public static Pipeline of(Collection<Node> nodes) {
        return new Pipeline(nodes);
    }

    /**
     * The nodes of several pipelines.
     *
     * @param pipelines the pipelines
     * @return their union, as {@link #plus} makes it
     * @throws PipelineException if together they are not valid
     */
    public static Pipeline sum(Collection<Pipeline> pipelines) {
        return new Pipeline(united(pipelines.stream().flatMap(p -> p.nodes.stream())));
    }

    /** @return the nodes in the order in which they run one after the other; unmodifiable */
    public List<Node> nodes() {
        return nodes;
    }

    /** @return the nodes by levels: a level needs only levels before it; each sorted by name; unmodifiable */
    public List<List<Node>> levels() {
        return graph.levels();
    }

    /**
     * @param name the full name of a node
     * @return the node
     * @throws PipelineException if there is none of that name
     */
    public Node node(String name) {
        return nodes(name).iterator().next();
    }

    private Set<Node> nodes(String... names) {
        Set<Node> found = new LinkedHashSet<>();
        Set<String> unknown = new TreeSet<>();
        for (String name : names) {
            Node node = graph.byName().get(name);
            if (node == null) {
                unknown.add(name);
            } else {
                found.add(node);
            }
        }
        if (!unknown.isEmpty()) {
            throw unknown(
                    "node",
                    unknown,
                    graph.byName().keySet(),
                    name -> nodes.stream()
                            .filter(node -> node.shortName().equals(name))
                            .map(Node::name)
                            .findFirst()
                            .orElse(null));
        }
        return found;
    }

    private static PipelineException unknown(
            String what, Set<String> unknown, Collection<String> known, Function<String, @Nullable String> meant) {
        String first = unknown.iterator().next();
        String direct = meant.apply(first);
        return new PipelineException("The pipeline has no " + what + " "
                + unknown.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", ")) + "."
                + (direct == null ? Suggestion.didYouMean(first, known) : " Did you mean '" + direct + "'?")
                + (known.isEmpty() ? " It is empty." : " Its " + what + "s: " + shortList(known) + "."));
    }

    /** @return what is read and written by no node: the datasets that must be there before; sorted by name */
    public Set<DatasetRef<?>> inputs() {
        return refs(Node::inputs, ref -> graph.writerOf(ref.baseName()) == null);
    }

    /** @return what is written and read by no node: the datasets that are the result; sorted by name */
    public Set<DatasetRef<?>> outputs() {
        return refs(Node::outputs, ref -> !graph.isRead(ref.baseName()));
    }

    /** @return all that is read or written; sorted by name */
    public Set<DatasetRef<?>> datasets() {
        Set<DatasetRef<?>> all = new TreeSet<>(BY_NAME);
        nodes.forEach(node -> {
            all.addAll(node.inputs());
            all.addAll(node.outputs());
        });
        return Collections.unmodifiableSet(all);
    }

    private Set<DatasetRef<?>> refs(Function<Node, List<DatasetRef<?>>> side, Predicate<DatasetRef<?>> wanted) {
        Set<DatasetRef<?>> refs = new TreeSet<>(BY_NAME);
        nodes.forEach(node -> side.apply(node).stream().filter(wanted).forEach(refs::add));
        return Collections.unmodifiableSet(refs);
    }

    /** The names of all datasets, with and without view. */
    Set<String> datasetNames() {
        return datasets().stream()
                .flatMap(ref -> Stream.of(ref.name(), ref.baseName()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The node that writes a dataset.
     *
     * @param dataset the dataset's name, with or without a view
     * @return its writer, or null if it is an input of the pipeline
     */
    public @Nullable Node writerOf(String dataset) {
        return graph.writerOf(DatasetRef.baseOf(dataset));
    }

    /**
     * The nodes that must run before a node.
     *
     * @param node one of this pipeline's nodes
     * @return the writers of what it reads, each once; unmodifiable
     */
    public Set<Node> parents(Node node) {
        return Collections.unmodifiableSet(graph.parents(node));
    }

    /**
     * The nodes that wait for a node.
     *
     * @param node one of this pipeline's nodes
     * @return the readers of what it writes, each once; unmodifiable
     */
    public Set<Node> children(Node node) {
        return Collections.unmodifiableSet(graph.children(node));
    }

    /**
     * The nodes of both. Equal nodes become one, with this pipeline's function and the tags and confirms of both (Kedro loses the tags of
     * one).
     *
     * @param other another pipeline
     * @return the union
     * @throws PipelineException if together they are not valid
     */
    public Pipeline plus(Pipeline other) {
        return sum(List.of(this, other));
    }

    /**
     * The nodes of this that are not equal to one of another.
     *
     * @param other another pipeline
     * @return the difference
     */
    public Pipeline minus(Pipeline other) {
        Set<Node> gone = new HashSet<>(other.nodes);
        return where(node -> !gone.contains(node));
    }

    /**
     * The nodes that both have, each with this pipeline's function and the tags and confirms of both.
     *
     * @param other another pipeline
     * @return the intersection
     */
    public Pipeline and(Pipeline other) {
        Set<Node> here = new HashSet<>(nodes);
        Set<Node> there = new HashSet<>(other.nodes);
        return new Pipeline(united(Stream.concat(nodes.stream(), other.nodes.stream())
                .filter(node -> here.contains(node) && there.contains(node))));
    }

    private static List<Node> united(Stream<Node> nodes) {
        Map<Node, Node> united = new LinkedHashMap<>();
        nodes.forEach(node -> united.merge(node, node, Pipeline::withLabelsOf));
        return List.copyOf(united.values());
    }

    private static Node withLabelsOf(Node node, Node other) {
        Map<String, DatasetRef<?>> confirms = new TreeMap<>();
        other.confirms().forEach(ref -> confirms.put(ref.baseName(), ref));
        node.confirms().forEach(ref -> confirms.remove(ref.baseName()));
        return node.withTags(other.tags()).withConfirms(confirms.values());
    }

    /**
     * The nodes for which a filter holds.
     *
     * @param filter the conditions
     * @return the slice, never empty
     * @throws PipelineException if a condition names a node, dataset or namespace that is not there, or nothing is left
     */
    public Pipeline filtered(PipelineFilter filter) {
        List<Set<Node>> kept = new ArrayList<>();
        keep(filter.tags(), this::onlyTagged, kept);
        keep(filter.nodes(), this::onlyNodes, kept);
        keep(filter.fromNodes(), this::fromNodes, kept);
        keep(filter.toNodes(), this::toNodes, kept);
        keep(filter.fromInputs(), this::fromInputs, kept);
        keep(filter.toOutputs(), this::toOutputs, kept);
        keep(filter.namespaces(), this::onlyNamespaces, kept);
        List<Node> left = nodes.stream()
                .filter(node -> kept.stream().allMatch(some -> some.contains(node)))
                .toList();
        if (left.isEmpty()) {
            throw new PipelineException(
                    nodes.isEmpty()
                            ? "The pipeline is empty: there is nothing to run."
                            : "No node of the pipeline is left: " + filter.describe() + " holds for none of its "
                                    + (nodes.size() == 1 ? "nodes" : nodes.size() + " nodes")
                                    + (kept.size() > 1 ? " together." : ".")
                                    + Suggestion.didYouMean(String.join(" ", filter.tags()), allTags())
                                    + " Tags: " + shortList(allTags()) + ". Nodes: "
                                    + shortList(graph.byName().keySet()) + ".");
        }
        return new Pipeline(left);
    }

    private static void keep(List<String> names, Function<String[], Pipeline> slice, List<Set<Node>> kept) {
        if (!names.isEmpty()) {
            kept.add(new HashSet<>(slice.apply(names.toArray(String[]::new)).nodes));
        }
    }

    private Set<String> allTags() {
        return nodes.stream().flatMap(node -> node.tags().stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The nodes with one of some tags.
     *
     * @param tags the tags; a node needs only one of them
     * @return the slice, which may be empty
     */
    public Pipeline onlyTagged(String... tags) {
        Set<String> wanted = new HashSet<>(Arrays.asList(tags));
        return where(node -> node.tags().stream().anyMatch(wanted::contains));
    }

    /**
     * Some nodes alone.
     *
     * @param names their full names
     * @return the slice
     * @throws PipelineException if there is no node of such a name
     */
    public Pipeline onlyNodes(String... names) {
        return new Pipeline(nodes(names));
    }

    /**
     * The nodes of some namespaces.
     *
     * @param namespaces the namespaces; those within them count too
     * @return the slice
     * @throws PipelineException if no node is in such a namespace
     */
    public Pipeline onlyNamespaces(String... namespaces) {
        Set<String> unknown = new TreeSet<>();
        for (String namespace : namespaces) {
            if (nodes.stream().noneMatch(node -> PipelineGraph.isIn(node.namespace(), namespace))) {
                unknown.add(namespace);
            }
        }
        if (!unknown.isEmpty()) {
            Set<String> known = nodes.stream()
                    .map(Node::namespace)
                    .filter(namespace -> !namespace.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
            throw unknown("namespace", unknown, known, name -> null);
        }
        return where(node ->
                Arrays.stream(namespaces).anyMatch(namespace -> PipelineGraph.isIn(node.namespace(), namespace)));
    }

    /**
     * The nodes that read one of some datasets themselves.
     *
     * @param datasets the datasets' names; a name without view stands for all its views
     * @return the slice
     * @throws PipelineException if no node reads or writes such a dataset
     */
    public Pipeline onlyReading(String... datasets) {
        return new Pipeline(using(Node::inputs, datasets));
    }

    /**
     * The nodes that write one of some datasets themselves.
     *
     * @param datasets the datasets' names; a name without view stands for all its views
     * @return the slice
     * @throws PipelineException if no node reads or writes such a dataset
     */
    public Pipeline onlyWriting(String... datasets) {
        return new Pipeline(using(Node::outputs, datasets));
    }

    /**
     * Some nodes and all that run after them because of them.
     *
     * @param names their full names
     * @return the slice
     * @throws PipelineException if there is no node of such a name
     */
    public Pipeline fromNodes(String... names) {
        return new Pipeline(PipelineGraph.reached(nodes(names), graph::children));
    }

    /**
     * Some nodes and all that must run before them.
     *
     * @param names their full names
     * @return the slice
     * @throws PipelineException if there is no node of such a name
     */
    public Pipeline toNodes(String... names) {
        return new Pipeline(PipelineGraph.reached(nodes(names), graph::parents));
    }

    /**
     * The readers of some datasets, and all that run after them because of them.
     *
     * @param datasets the datasets' names; a name without view stands for all its views
     * @return the slice
     * @throws PipelineException if no node reads or writes such a dataset
     */
    public Pipeline fromInputs(String... datasets) {
        return new Pipeline(PipelineGraph.reached(using(Node::inputs, datasets), graph::children));
    }

    /**
     * The writers of some datasets, and all that must run before them.
     *
     * @param datasets the datasets' names; a name without view stands for all its views
     * @return the slice
     * @throws PipelineException if no node reads or writes such a dataset
     */
    public Pipeline toOutputs(String... datasets) {
        return new Pipeline(PipelineGraph.reached(using(Node::outputs, datasets), graph::parents));
    }

    private List<Node> using(Function<Node, List<DatasetRef<?>>> side, String... datasets) {
        Set<String> known = datasetNames();
        Set<String> wanted = new TreeSet<>(Arrays.asList(datasets));
        Set<String> unknown = new TreeSet<>(wanted);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw unknown("dataset", unknown, known, name -> null);
        }
        return nodes.stream()
                .filter(node -> side.apply(node).stream()
                        .anyMatch(ref -> wanted.contains(ref.name()) || wanted.contains(ref.baseName())))
                .toList();
    }

    private Pipeline where(Predicate<Node> wanted) {
        return new Pipeline(nodes.stream().filter(wanted).toList());
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

    /**
     * This pipeline once more, below a namespace: its nodes and datasets get the namespace before their names, parameters too.
     *
     * @param namespace the namespace, {@code a.b}
     * @return a new pipeline
     * @throws PipelineException if the namespace is invalid
     */
    public Pipeline withNamespace(String namespace) {
        return withNamespace(namespace, DatasetMapping.none());
    }

    /**
     * This pipeline once more, below a namespace, where some datasets keep their names or get others.
     *
     * @param namespace the namespace, {@code a.b}; empty for none
     * @param mapping what gets another name than the one with the namespace before it
     * @return a new pipeline
     * @throws PipelineException if the namespace is invalid, the mapping names what is not there or in the wrong role, or the result is not
     *     valid
     */
    public Pipeline withNamespace(String namespace, DatasetMapping mapping) {
        return mapping.applied(this, namespace);
    }

    /**
     * This pipeline once more, over other datasets.
     *
     * @param mapping the datasets and parameters that get other names; all others keep theirs
     * @return a new pipeline
     * @throws PipelineException as {@link #withNamespace(String, DatasetMapping)} does
     */
    public Pipeline withDatasets(DatasetMapping mapping) {
        return mapping.applied(this, "");
    }

    /**
     * The nodes in the groups in which they may be deployed: one for each top namespace, and one for each node without.
     *
     * @return the groups, in the order of their first nodes
     */
    public List<NodeGroup> groups() {
        Map<String, List<Node>> groups = new LinkedHashMap<>();
        nodes.forEach(node ->
                groups.computeIfAbsent(group(node), name -> new ArrayList<>()).add(node));
        List<NodeGroup> made = new ArrayList<>();
        groups.forEach((name, members) -> {
            Set<String> needed = members.stream()
                    .flatMap(node -> graph.parents(node).stream())
                    .map(Pipeline::group)
                    .filter(other -> !other.equals(name))
                    .collect(Collectors.toCollection(TreeSet::new));
            made.add(new NodeGroup(
                    name, !members.get(0).namespace().isEmpty(), members, Collections.unmodifiableSet(needed)));
        });
        return List.copyOf(made);
    }

    private static String group(Node node) {
        int dot = node.namespace().indexOf('.');
        return node.namespace().isEmpty()
                ? node.name()
                : dot < 0 ? node.namespace() : node.namespace().substring(0, dot);
    }

    /**
     * The namespaces that a path leaves and comes back to. Such a namespace cannot be run or deployed as one. Of nested namespaces that one
     * path interrupts, the outermost is named.
     *
     * @return their names, sorted
     */
    public Set<String> interruptedNamespaces() {
        return Collections.unmodifiableSet(graph.interruptedNamespaces());
    }

    /** @return what this pipeline is, for people: its inputs, its nodes in order, its outputs; a line each */
    public String describe() {
        return PipelineText.describe(this);
    }

    /**
     * @return what this pipeline is, as JSON: {@code {"pipeline": [{"name", "inputs", "outputs", "tags"}, ..]}} in the order of the nodes
     *     (Kedro's form); a node's namespace, confirms and time limit stand there too where it has them
     */
    public String toJson() {
        return PipelineText.json(this);
    }

    /** @return what this pipeline is, as a Mermaid flowchart of nodes and datasets; views of one dataset are one */
    public String toMermaid() {
        return PipelineText.mermaid(this);
    }

    static String shortList(Collection<String> names) {
        String list = names.stream().limit(12).collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names.size() <= 12 ? list : list + " and " + (names.size() - 12) + " more";
    }

    /** @return its nodes, a line each */
    @Override
    public String toString() {
        return nodes.stream().map(Node::toString).collect(Collectors.joining("\n"));
    }
}
