package dev.contraflow.it.docs;

import dev.contraflow.dataset.Dataset;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectNotFoundException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** An amount in a ledger. Shown in docs/writing-a-dataset.md. */
record LedgerDataset(Map<String, Long> ledger, String account) implements Dataset<BigDecimal> {
    @Override
    public BigDecimal load() throws ObjectNotFoundException {
        Long cents = ledger.get(account);
        if (cents == null) {
            throw new ObjectNotFoundException(place(), null);
        }
        return BigDecimal.valueOf(cents, 2);
    }

    @Override
    public void save(BigDecimal amount) {
        ledger.put(account, amount.movePointRight(2).longValueExact()); // durable and visible when this returns
    }

    @Override
    public boolean exists() {
        return ledger.containsKey(account);
    }

    @Override
    public Optional<Location> target() {
        return Optional.of(place());
    }

    @Override
    public String describe() {
        return "ledger account " + account;
    }

    private Location place() {
        return new Location("ledger", "", "/" + account);
    }
}
