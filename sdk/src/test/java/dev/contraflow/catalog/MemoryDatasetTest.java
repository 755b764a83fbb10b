package dev.contraflow.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.io.ObjectNotFoundException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryDatasetTest {
    private final MemoryDataset<List<String>> dataset = new MemoryDataset<>("orders");

    @Test
    void handsOutTheVeryValueItWasGiven() throws Exception {
        List<String> value = new ArrayList<>(List.of("a"));
        dataset.save(value);
        assertThat(dataset.exists()).isTrue();
        assertThat(dataset.load()).isSameAs(value);
    }

    @Test
    void saysThatNothingHasBeenSavedYet() {
        assertThat(dataset.exists()).isFalse();
        assertThatThrownBy(dataset::load)
                .isInstanceOf(ObjectNotFoundException.class)
                .hasMessage("nothing has been saved yet to the memory dataset 'orders'");
    }

    @Test
    void forgetsTheValueOnRelease() {
        dataset.save(List.of("a"));
        dataset.release();
        assertThat(dataset.exists()).isFalse();
        assertThatThrownBy(dataset::load).isInstanceOf(ObjectNotFoundException.class);
    }

    @Test
    void doesNotOutliveTheProcessAndHasNoPlace() {
        assertThat(dataset.isPersistent()).isFalse();
        assertThat(dataset.isExact()).isTrue();
        assertThat(dataset.target()).isEmpty();
        assertThat(dataset.describe()).isEqualTo("memory");
    }
}
