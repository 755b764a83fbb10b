package dev.contraflow.it.docs;

import dev.contraflow.dataset.Dataset;
import dev.contraflow.testkit.DatasetContract;
import java.math.BigDecimal;
import java.util.concurrent.ConcurrentHashMap;

class LedgerDatasetTest extends DatasetContract<BigDecimal> {
    @Override
    protected Dataset<BigDecimal> newDataset() {
        return new LedgerDataset(new ConcurrentHashMap<>(), "4711");
    }

    @Override
    protected Power power() {
        return Power.OPAQUE;
    }

    @Override
    protected BigDecimal value() {
        return new BigDecimal("12.50");
    }

    @Override
    protected BigDecimal otherValue() {
        return new BigDecimal("0.25");
    }
}
