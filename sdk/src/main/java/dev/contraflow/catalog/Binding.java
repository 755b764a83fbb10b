package dev.contraflow.catalog;

import dev.contraflow.CatalogException;
import dev.contraflow.DatasetRef;
import dev.contraflow.catalog.BoundDatasets.Bound;
import dev.contraflow.catalog.Resolution.Origin;
import dev.contraflow.config.SourcePosition;
import dev.contraflow.config.Suggestion;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.Versions;
import dev.contraflow.internal.catalog.Problems;
import dev.contraflow.internal.catalog.RunVersions;
import dev.contraflow.internal.catalog.ValueDataset;
import dev.contraflow.io.Location;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes and checks the datasets of one request. Used once, by one thread. */
final class Binding {
    private static final int SUGGESTIONS = 5; // each costs a look at every name

    private final DatasetMaker maker;
    private final RunVersions versions;
    private final BindRequest request;
    private final Set<String> writtenBases = new HashSet<>();
    private final Problems problems = new Problems();
    private final Map<String, Bound<?>> bound = new TreeMap<>();
    private int missing;

    Binding(DatasetMaker maker, RunVersions versions, BindRequest request) {
        this.maker = maker;
        this.versions = versions;
        this.request = request;
        request.written().forEach(name -> writtenBases.add(baseName(name)));
    }

    BoundDatasets bind() {
        VersionChecks.check(versions, maker, problems);
        Map<String, DatasetRef<?>> byName = new HashMap<>();
        List<DatasetRef<?>> refs = request.refs().stream()
                .sorted(Comparator.comparing((DatasetRef<?> ref) -> ref.name())
                        .thenComparing(ref -> ref.type().toString()))
                .toList();
        for (DatasetRef<?> ref : refs) {
            DatasetRef<?> other = byName.putIfAbsent(ref.name(), ref);
            if (other != null) {
                problems.add(() -> twoTypes(other, ref));
                continue;
            }
            Bound<?> made = problems.get(() -> bind(ref));
            if (made != null) {
                bound.put(ref.name(), made);
            }
        }
        checkTargets();
        problems.throwIfAny();
        VersionChecks.warnOfPinsWithoutEffect(versions, bound);
        return new BoundDatasets(bound, versions.toSave());
    }

    private static CatalogException twoTypes(DatasetRef<?> one, DatasetRef<?> other) {
        return new CatalogException("Dataset '" + one + "' is used with two types: " + one.type() + " and "
                + other.type() + ". Use one type, or two views of it ('" + one.baseName() + "@a').");
    }

    private <T> Bound<T> bind(DatasetRef<T> ref) {
        Bound<T> made = maker.make(ref, versions);
        if (made != null) {
            checkUse(made);
            return made;
        }
        if (isFreeInput(ref) || !writtenBases.contains(ref.baseName())) {
            throw missing(ref);
        }
        if (isView(ref)) {
            throw new CatalogException(
                    "Dataset '" + ref + "' is a view, so it needs an entry in the catalog that says how to"
                            + " read the bytes of '" + ref.baseName() + "'. Add it to conf/base/catalog.yml.");
        }
        return new Bound<>(ref, new MemoryDataset<>(ref.name()), new Resolution(ref.name(), Origin.MEMORY, null, null));
    }

    private boolean isFreeInput(DatasetRef<?> ref) {
        return request.freeInputs().contains(ref.name());
    }

    private void checkUse(Bound<?> made) {
        DatasetRef<?> ref = made.ref();
        Resolution found = made.resolution();
        if (found.origin() == Origin.ADDED) {
            if (made.dataset() instanceof ValueDataset && request.written().contains(ref.name())) {
                throw new CatalogException(
                        "Dataset '" + ref + "' is written by the run, but was added to the catalog as a value."
                                + " Add a dataset instead, or leave out the node that writes it.");
            }
        } else if (made.dataset() instanceof MemoryDataset && isFreeInput(ref)) {
            throw new CatalogException(found.position() + ": dataset '" + ref + "'"
                    + (found.pattern() == null ? "" : ", which the pattern '" + found.pattern() + "' provides,")
                    + " is read, but no node of the run writes it,"
                    + " and a memory dataset begins empty. Store it in a file, or run the node that writes it.");
        }
    }

    private CatalogException missing(DatasetRef<?> ref) {
        boolean isLast = ++missing > SUGGESTIONS; // it is not shown any more
        return new CatalogException(
                "Dataset '" + ref + "' is read, but no node of the run writes it and the catalog has no"
                        + " entry for it." + (isLast ? "" : Suggestion.didYouMean(ref.name(), maker.names()))
                        + " Add it to conf/base/catalog.yml, or to the catalog's builder.");
    }

    /** One place has one name, unless nobody writes it; all views of a name lead to one place. */
    private void checkTargets() {
        Map<Location, Bound<?>> byTarget = new LinkedHashMap<>();
        Map<String, Bound<?>> viewed = new HashMap<>();
        for (Bound<?> one : bound.values()) {
            Optional<Location> target = one.dataset().target();
            if (isView(one.ref())) {
                Bound<?> view = viewed.putIfAbsent(one.ref().baseName(), one);
                if (view != null && !isSamePlace(view.dataset(), one.dataset())) {
                    problems.add(() -> twoPlaces(view, one));
                } else if (view != null && isVersioned(view) != isVersioned(one)) {
                    problems.add(() -> oneVersioned(isVersioned(view) ? view : one, isVersioned(view) ? one : view));
                }
            }
            target.map(at -> byTarget.putIfAbsent(at, one))
                    .filter(other -> !other.ref().baseName().equals(one.ref().baseName()))
                    .filter(other -> isWritten(other) || isWritten(one))
                    .ifPresent(other -> problems.add(() -> onePlace(other, one)));
        }
        checkFolders(byTarget);
        for (Bound<?> one : bound.values()) {
            one.dataset()
                    .versions()
                    .filter(versions -> isWritten(one))
                    .map(Binding::toSave)
                    .map(byTarget::get)
                    .ifPresent(other -> problems.add(() -> placeOfVersion(other, one)));
        }
    }

    /** A folder of files and what lies in it are like two names of one place. */
    private void checkFolders(Map<Location, Bound<?>> byTarget) {
        byTarget.forEach((folder, files) -> {
            String suffix = files.dataset().suffixOfFiles().orElse(null);
            if (suffix != null) {
                byTarget.forEach((target, one) -> {
                    if (isBelow(target, folder)
                            && mayEnd(target, one, suffix)
                            && (isWritten(files) || isWritten(one))
                            && !files.ref().baseName().equals(one.ref().baseName())) {
                        problems.add(() -> withinFolder(one, files));
                    }
                });
            }
        });
    }

    private static boolean isBelow(Location target, Location folder) {
        return target.scheme().equals(folder.scheme())
                && target.authority().equals(folder.authority())
                && target.path().startsWith(folder.path() + "/");
    }

    private static boolean mayEnd(Location target, Bound<?> one, String suffix) {
        return one.dataset()
                .suffixOfFiles()
                .map(inner -> inner.endsWith(suffix) || suffix.endsWith(inner))
                .orElse(target.path().endsWith(suffix));
    }

    /** Where the version is going to be that the run saves. */
    private static Location toSave(Versions versions) {
        Location file = versions.location();
        String fileName = file.path().substring(file.path().lastIndexOf('/') + 1);
        return file.plus("/" + versions.toSave() + "/" + fileName);
    }

    /** What one of them writes the other can read: for partitions that takes the same ids. */
    private static boolean isSamePlace(Dataset<?> one, Dataset<?> other) {
        return one.target().isPresent()
                && one.target().equals(other.target())
                && one.suffixOfFiles().equals(other.suffixOfFiles());
    }

    private boolean isWritten(Bound<?> one) {
        return writtenBases.contains(one.ref().baseName());
    }

    private static CatalogException twoPlaces(Bound<?> first, Bound<?> second) {
        return new CatalogException("Datasets " + shown(first) + " and " + shown(second)
                + " are views of one dataset, but lead to " + first.dataset().describe() + " and "
                + second.dataset().describe() + ". Give them the same "
                + (isFolder(first) || isFolder(second) ? "folder and suffix." : "file."));
    }

    private static boolean isFolder(Bound<?> one) {
        return one.dataset().suffixOfFiles().isPresent();
    }

    private static boolean isVersioned(Bound<?> one) {
        return one.dataset().versions().isPresent();
    }

    private static CatalogException oneVersioned(Bound<?> versioned, Bound<?> other) {
        return new CatalogException("Datasets " + shown(versioned) + " and " + shown(other)
                + " are views of one dataset, but only the first is versioned. Set 'versioned' to the same for both.");
    }

    private static CatalogException onePlace(Bound<?> first, Bound<?> second) {
        return new CatalogException("Datasets " + shown(first) + " and " + shown(second) + " have the same file, "
                + first.dataset().target().map(Location::toString).orElse("")
                + ", and the run writes it. Give them different files, or make them views of one dataset.");
    }

    private static CatalogException withinFolder(Bound<?> one, Bound<?> folder) {
        return new CatalogException("Dataset " + shown(one) + ", "
                + one.dataset().describe()
                + ", lies in the folder of dataset " + shown(folder) + ", "
                + folder.dataset().describe() + ", and the run writes one of them. Give them different folders.");
    }

    private static CatalogException placeOfVersion(Bound<?> other, Bound<?> versioned) {
        return new CatalogException("Dataset " + shown(other) + " has the file "
                + other.dataset().target().map(Location::toString).orElse("")
                + ", where the run saves its version of " + shown(versioned) + ". Give it another file.");
    }

    private static String shown(Bound<?> one) {
        SourcePosition position = one.resolution().position();
        return "'" + one.ref() + "'" + (position == null ? "" : " (" + position + ")");
    }

    private static boolean isView(DatasetRef<?> ref) {
        return ref.name().contains("@");
    }

    private static String baseName(String name) {
        int at = name.indexOf('@');
        return at < 0 ? name : name.substring(0, at);
    }
}
