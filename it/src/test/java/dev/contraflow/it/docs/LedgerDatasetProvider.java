package dev.contraflow.it.docs;

import dev.contraflow.DatasetRef;
import dev.contraflow.dataset.Dataset;
import dev.contraflow.dataset.DatasetConfig;
import dev.contraflow.dataset.DatasetProvider;
import dev.contraflow.io.UnsupportedTypeException;
import java.math.BigDecimal;
import java.util.Map;

/** A kind of datasets that are not files: an amount in a ledger. Shown in docs/writing-a-dataset.md. */
public final class LedgerDatasetProvider implements DatasetProvider {
    private final Map<String, Long> ledger; // stands for a connection to some system

    public LedgerDatasetProvider(Map<String, Long> ledger) {
        this.ledger = ledger;
    }

    @Override
    public String typeId() {
        return "ledger";
    }

    @Override
    @SuppressWarnings("unchecked") // T is BigDecimal: checked on the line before
    public <T> Dataset<T> create(DatasetRef<T> ref, DatasetConfig config) {
        if (ref.type().type() != BigDecimal.class) {
            throw new UnsupportedTypeException("ledger holds a BigDecimal, not " + ref.type());
        }
        return (Dataset<T>) new LedgerDataset(ledger, config.options().requiredText("account"));
    }
}
