package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;

class InMemoryStorageTest extends StorageContract {
    private final InMemoryStorage storage = new InMemoryStorage();

    @Override
    protected Storage openStorage() {
        return storage;
    }

    @Override
    protected Location freshRoot() {
        return new Location("memory", "test", "/root");
    }

    @Override
    protected void assertNothingDangling() {
        assertThat(storage.openWrites()).isZero();
    }

    @Override
    protected Unanswerable unanswerable() {
        InMemoryStorage unreachable = new InMemoryStorage();
        unreachable.cutOff();
        return new Unanswerable(unreachable, freshRoot());
    }
}
