package dev.contraflow.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.io.Location;
import dev.contraflow.io.Storage;
import dev.contraflow.testkit.InMemoryStorage;
import dev.contraflow.testkit.StorageContract;
import java.util.UUID;

class ExampleStorageTest extends StorageContract {
    private final InMemoryStorage storage = new InMemoryStorage(); // the storage that is yours

    @Override
    protected Storage openStorage() {
        return storage;
    }

    @Override
    protected Location freshRoot() {
        return new Location("memory", "", "/" + UUID.randomUUID());
    }

    @Override
    protected void assertNothingDangling() {
        assertThat(storage.openWrites()).isZero();
    }

    @Override
    protected Unanswerable unanswerable() {
        InMemoryStorage broken = new InMemoryStorage();
        broken.cutOff();
        return new Unanswerable(broken, new Location("memory", "", "/x"));
    }
}
