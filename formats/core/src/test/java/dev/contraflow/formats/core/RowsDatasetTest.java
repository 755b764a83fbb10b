package dev.contraflow.formats.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.catalog.FileDataset;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.EncodedDataset;
import dev.contraflow.formats.core.SlowDatasets.Delays;
import dev.contraflow.formats.core.SlowDatasets.SlowEncoded;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.Location;
import dev.contraflow.testkit.DatasetContract;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A file of rows, used without a run. */
class RowsDatasetTest extends DatasetContract<Rows<Integer>> {
    private final EncodedDataset<Rows<Integer>> file = new FileDataset<>(
            new MapStorage(),
            new Location("map", "", "/numbers.jsonl"),
            new JsonLinesFormatProvider().create(new TypeRef<Rows<Integer>>() {}, FormatOptions.none()));

    @Override
    protected Dataset<Rows<Integer>> newDataset() {
        return file;
    }

    @Override
    protected Power power() {
        return Power.ENCODED;
    }

    @Override
    protected Rows<Integer> value() {
        return Rows.of(List.of(1, 2, 3));
    }

    @Override
    protected Rows<Integer> otherValue() {
        return Rows.of(List.of());
    }

    @Test
    void loadedRowsAreFetchedWhenTheyAreOpened() throws IOException {
        file.save(value());
        Rows<Integer> loaded = file.load();
        file.save(Rows.of(List.of(7)));
        assertThat(loaded.toList()).containsExactly(7);
    }

    /** A wrapper passes on that its rows are streamed. */
    @Nested
    class Wrapped extends DatasetContract<Rows<Integer>> {
        @Override
        protected Dataset<Rows<Integer>> newDataset() {
            return new SlowEncoded<>(file, new Delays(Duration.ZERO, Duration.ZERO, delay -> {}));
        }

        @Override
        protected Power power() {
            return Power.ENCODED;
        }

        @Override
        protected Rows<Integer> value() {
            return RowsDatasetTest.this.value();
        }

        @Override
        protected Rows<Integer> otherValue() {
            return RowsDatasetTest.this.otherValue();
        }

        @Override
        protected Optional<Dataset<Rows<Integer>>> wrapped() {
            return Optional.of(file);
        }
    }
}
