package dev.contraflow.dataset;

import dev.contraflow.io.Location;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The versions of a dataset that keeps every saved value beside the older ones (Kedro's {@code versioned: true}). A version is a text; versions
 * are ordered as texts, so that the newest is the greatest. Of one run or one catalog: what is said here holds for it only. Thread-safe.
 */
public interface Versions {
    /** @return where the versions are: each is below it */
    Location location();

    /** @return the version that a save makes: the same for all datasets of a run, the run's id unless another was given */
    String toSave();

    /** @return the version that a load must take, whatever others there are; empty if that was left to {@link #toLoad} */
    Optional<String> pinned();

    /**
     * The version that a load takes: the pinned one, else the one saved by this run, else the newest that is whole. Found out once, by one
     * listing, and remembered until the dataset is {@linkplain Dataset#release released}.
     *
     * @return the version; a pinned one is not looked for
     * @throws dev.contraflow.io.ObjectNotFoundException if there is no version
     * @throws IOException if that cannot be found out
     */
    String toLoad() throws IOException;

    /**
     * All versions that are whole, looked up anew by one listing.
     *
     * @return the versions, the newest first; none if there are none
     * @throws IOException if they cannot be listed
     */
    List<String> stored() throws IOException;

    /**
     * Whether something that stands elsewhere can be seen from where the versions are: a manifest, by which they become visible.
     *
     * @param other where it stands, in a storage of the same scheme
     * @return whether it is seen; true where that cannot be found out
     * @throws IOException if the storage cannot be asked
     */
    default boolean reaches(Location other) throws IOException {
        return true;
    }
}
