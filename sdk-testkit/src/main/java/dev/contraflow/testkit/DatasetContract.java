package dev.contraflow.testkit;

import static dev.contraflow.testkit.Indistinguishable.assertIndistinguishable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.Rows;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.dataset.Versions;
import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectExistsException;
import dev.contraflow.io.ObjectNotFoundException;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Dataset} must do that can be loaded and saved. A dataset's test extends it, gives an empty dataset and two values, and says
 * which powers the dataset has: an encoded dataset must keep the promises of {@link EncodedDataset} too, a wrapper must keep all the powers
 * of what it wraps, and a dataset that keeps {@linkplain Dataset#versions versions} must never replace one.
 *
 * @param <T> the type of the value
 */
public abstract class DatasetContract<T> {
    private Dataset<T> dataset;

    /** For subclasses; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // open runs before each test
    protected DatasetContract() {}

    /** What can be done with a dataset. */
    protected enum Power {
        /** It can only be loaded and saved. */
        OPAQUE,
        /** Its steps can be done apart. */
        ENCODED
    }

    /**
     * Makes the dataset under test.
     *
     * @return a dataset without a value; called once for each test
     * @throws Exception if it cannot be made
     */
    protected abstract Dataset<T> newDataset() throws Exception;

    /** @return what the dataset under test can do; that it can do more is a failure too */
    protected abstract Power power();

    /** @return whether the dataset under test keeps versions; that it does is asserted, and so is that it does not */
    protected boolean keepsVersions() {
        return false;
    }

    /** @return a value that can be saved */
    protected abstract T value();

    /** @return another one, not equal to the first */
    protected abstract T otherValue();

    /** @return what the dataset under test wraps, if it is a wrapper; asked after {@link #newDataset} */
    protected Optional<Dataset<T>> wrapped() {
        return Optional.empty();
    }

    @BeforeEach
    void open() throws Exception {
        dataset = newDataset();
    }

    /** On behalf of the run whose id is the version. */
    private WriteSpec spec(int attempt) {
        String runId = dataset.versions().map(Versions::toSave).orElse("contract");
        return new WriteSpec(runId, attempt, WriteSpec.Existing.OVERWRITE);
    }

    @Test
    void hasNoValueAtFirst() throws IOException {
        assertThat(dataset.exists()).isFalse();
        assertThatThrownBy(this::loadAndOpen)
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessageContaining(keepsVersions() ? "no version" : "no such object");
    }

    /** Rows may find out that there is nothing when they are opened. */
    private void loadAndOpen() throws IOException {
        if (dataset.load() instanceof Rows<?> rows) {
            rows.open().close();
        }
    }

    @Test
    void loadsWhatWasSaved() throws IOException {
        dataset.save(value());
        assertThat(dataset.exists()).isTrue();
        assertSame(dataset.load(), value());
        assertSame(dataset.load(), value());
    }

    @Test
    void aSecondSaveReplacesTheFirst() throws IOException {
        dataset.save(value());
        if (keepsVersions()) {
            assertThatThrownBy(() -> dataset.save(otherValue())).isInstanceOf(ObjectExistsException.class);
            assertSame(dataset.load(), value());
        } else {
            dataset.save(otherValue());
            assertSame(dataset.load(), otherValue());
        }
    }

    @Test
    void keepsVersionsOrSaysThatItDoesNot() throws IOException {
        assertThat(dataset.versions().isPresent())
                .as(dataset.describe() + " keeps versions")
                .isEqualTo(keepsVersions());
        if (keepsVersions()) {
            Versions versions = dataset.versions().orElseThrow();
            assertThat(versions.stored()).isEmpty();
            assertThatThrownBy(versions::toLoad).isInstanceOf(ObjectNotFoundException.class);
            dataset.save(value());
            assertThat(versions.stored()).containsExactly(versions.toSave());
            assertThat(versions.toLoad()).isEqualTo(versions.toSave());
        }
    }

    @Test
    void theSameSaveRepeatedIsNoSecondSave() throws IOException {
        if (keepsVersions() && dataset instanceof EncodedDataset<T> encoded) {
            try (Content content = encoded.encode(value(), Grant.unbounded());
                    Content other = encoded.encode(otherValue(), Grant.unbounded())) {
                Stored stored = encoded.store(content, spec(1));
                Stored again = encoded.store(content, spec(1));
                assertThat(again.location()).isEqualTo(stored.location());
                assertThat(again.sha256()).isEqualTo(content.sha256());
                assertThatThrownBy(() -> encoded.store(other, spec(1))).isInstanceOf(ObjectExistsException.class);
                assertThat(encoded.store(other, spec(2)).sha256())
                        .as("a later attempt of the run replaces its own")
                        .isEqualTo(other.sha256());
            }
            assertSame(dataset.load(), otherValue());
        }
    }

    @Test
    void releaseKeepsNothingInMemory() throws IOException {
        dataset.save(value());
        dataset.release();
        assertThat(dataset.exists()).as("exists after release").isEqualTo(dataset.isPersistent());
        if (dataset.isPersistent()) {
            T value = value();
            assertSame(dataset.load(), value);
            assertThat(dataset.load()).as("loaded after release").isNotSameAs(value);
        } else {
            assertThatThrownBy(this::loadAndOpen).isInstanceOf(ObjectNotFoundException.class);
        }
    }

    @Test
    void describesItself() {
        assertThat(dataset.describe()).isNotBlank();
        assertThat(dataset.target().map(Object::toString).orElse("a place")).isNotBlank();
    }

    @Test
    void hasThePowersThatItSays() {
        assertThat(dataset instanceof EncodedDataset)
                .as(dataset.describe() + " can be encoded")
                .isEqualTo(power() == Power.ENCODED);
    }

    @Test
    void aWrapperHidesNothingOfWhatItWraps() {
        Dataset<T> inner = wrapped().orElse(dataset);
        assertThat(dataset instanceof EncodedDataset)
                .as("can be encoded as what it wraps")
                .isEqualTo(inner instanceof EncodedDataset);
        assertThat(dataset.target()).as("target").isEqualTo(inner.target());
        assertThat(dataset.suffixOfFiles()).as("suffix of files").isEqualTo(inner.suffixOfFiles());
        assertThat(dataset.isPersistent()).as("persistent").isEqualTo(inner.isPersistent());
        assertThat(dataset.isConfirmable()).as("can be confirmed").isEqualTo(inner.isConfirmable());
        assertThat(dataset.versions().isPresent())
                .as("keeps versions")
                .isEqualTo(inner.versions().isPresent());
        assertThat(dataset.isSerial() || !inner.isSerial())
                .as("serial if what it wraps is")
                .isTrue();
        if (dataset instanceof EncodedDataset<T> encoded && inner instanceof EncodedDataset<T> wrapped) {
            assertThat(encoded.isStreamed()).as("streamed").isEqualTo(wrapped.isStreamed());
        }
    }

    @Test
    void bytesAreInvisibleUntilTheCommit() throws IOException {
        if (dataset instanceof EncodedDataset<T> encoded) {
            try (Content content = encoded.encode(value(), Grant.unbounded());
                    PendingWrite write = encoded.beginWrite(spec(1))) {
                write.transfer(content);
                write.transfer(content); // as after a failure
                assertThat(encoded.exists()).as("exists before the commit").isFalse();
                Stored stored = write.commit();
                assertThat(stored.size()).isEqualTo(content.size());
                assertThat(stored.sha256()).isEqualTo(content.sha256());
                assertWrittenTo(stored.location(), encoded);
                assertThatThrownBy(() -> write.transfer(content)).isInstanceOf(IllegalStateException.class);
            }
            assertSame(encoded.load(), value());
        } else {
            assertThat(power()).isEqualTo(Power.OPAQUE);
        }
    }

    /** A version stands below the place that tells two datasets of one file apart from others. */
    private void assertWrittenTo(Location stored, Dataset<T> written) {
        Location target = written.target().orElseThrow();
        String version = written.versions().map(Versions::toSave).orElse("");
        assertThat(stored.toString())
                .isEqualTo(
                        version.isEmpty()
                                ? target.toString()
                                : target + "/" + version
                                        + target.path().substring(target.path().lastIndexOf('/')));
    }

    @Test
    void aCloseWithoutACommitLeavesTheOldValue() throws IOException {
        if (dataset instanceof EncodedDataset<T> encoded) {
            abandonWrite(encoded, value(), spec(1));
            assertThat(encoded.exists())
                    .as("exists after a close without a commit")
                    .isFalse();
            encoded.save(value());
            abandonWrite(encoded, otherValue(), spec(1));
            assertSame(encoded.load(), value());
        } else {
            assertThat(power()).isEqualTo(Power.OPAQUE);
        }
    }

    private static <T> void abandonWrite(EncodedDataset<T> encoded, T value, WriteSpec spec) throws IOException {
        try (Content content = encoded.encode(value, Grant.unbounded());
                PendingWrite write = encoded.beginWrite(spec)) {
            write.transfer(content);
        }
    }

    @Test
    void aCommitWithoutATransferIsAMistake() throws IOException {
        if (dataset instanceof EncodedDataset<T> encoded) {
            try (PendingWrite write = encoded.beginWrite(spec(1))) {
                assertThatThrownBy(write::commit).isInstanceOf(IllegalStateException.class);
            }
            assertThat(encoded.exists()).isFalse();
        } else {
            assertThat(power()).isEqualTo(Power.OPAQUE);
        }
    }

    @Test
    void whatIsFetchedAreTheBytesThatWereStored() throws IOException {
        if (dataset instanceof EncodedDataset<T> encoded) {
            try (Content content = encoded.encode(value(), Grant.unbounded())) {
                encoded.store(content, spec(1));
                try (Content fetched = encoded.fetch(Grant.unbounded())) {
                    assertThat(bytesOf(fetched)).isEqualTo(bytesOf(content));
                    T first = encoded.decode(fetched);
                    T second = encoded.decode(fetched);
                    assertSame(first, value());
                    assertSame(second, value());
                }
            }
        } else {
            assertThat(power()).isEqualTo(Power.OPAQUE);
        }
    }

    @Test
    void memoryOfTheBudgetIsGivenBack() throws IOException {
        if (dataset instanceof EncodedDataset<T> encoded) {
            assertMemoryIsGivenBack(encoded, new CountingGrant(Long.MAX_VALUE));
            assertMemoryIsGivenBack(encoded, new CountingGrant(0)); // all goes into spill files
        } else {
            assertThat(power()).isEqualTo(Power.OPAQUE);
        }
    }

    private void assertMemoryIsGivenBack(EncodedDataset<T> encoded, CountingGrant grant) throws IOException {
        try (Content content = encoded.encode(value(), grant)) {
            assertThat(grant.taken).as("taken while encoded").isEqualTo(content.memoryBytes());
            encoded.store(content, spec(1));
            try (Content fetched = encoded.fetch(grant)) {
                assertThat(grant.taken)
                        .as("taken while fetched")
                        .isEqualTo(content.memoryBytes() + fetched.memoryBytes());
                assertSame(encoded.decode(fetched), value());
            }
        }
        assertThat(grant.taken).as("taken at the end").isZero();
        assertThat(grant.spillFiles).as("spill files").allMatch(file -> !Files.exists(file));
    }

    private void assertSame(@Nullable Object loaded, T saved) {
        if (dataset.isExact()) {
            assertIndistinguishable(loaded, saved);
        } else {
            assertThat(loaded).isNotNull();
        }
    }

    private static byte[] bytesOf(Content content) throws IOException {
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        }
    }

    /** Counts what is taken; for one thread. */
    private static final class CountingGrant implements Grant {
        private final long limit;
        private final List<Path> spillFiles = new ArrayList<>();
        private long taken;

        CountingGrant(long limit) {
            this.limit = limit;
        }

        @Override
        public boolean tryTake(long bytes) {
            if (bytes > limit - taken) {
                return false;
            }
            taken += bytes;
            return true;
        }

        @Override
        public void giveBack(long bytes) {
            taken -= bytes;
        }

        @Override
        public Path newSpillFile() throws IOException {
            Path file = Files.createTempFile("contraflow-contract-", ".spill");
            spillFiles.add(file);
            return file;
        }
    }
}
