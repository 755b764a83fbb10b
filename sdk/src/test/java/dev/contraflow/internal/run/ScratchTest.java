package dev.contraflow.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    @TempDir
    Path folder;

    private void fill(Path spill) throws IOException {
        Files.createDirectories(spill.resolve("deeper"));
        for (int i = 0; i < 100; i++) {
            Files.writeString(spill.resolve("a" + i), "x");
            Files.writeString(spill.resolve("deeper/b" + i), "x");
        }
    }

    @Test
    void aFolderIsRemovedAndItsFilesAreCounted() throws IOException {
        Path spill = folder.resolve("spill");
        assertThat(Scratch.removeFolder(spill)).isZero();
        fill(spill);
        assertThat(Scratch.removeFolder(spill)).isEqualTo(200);
        assertThat(spill).doesNotExist();
    }

    /** Two runs of one project may clean up the same old record at the same time. */
    @Test
    void severalMayRemoveOneFolder() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 20; round++) {
                Path spill = folder.resolve("spill" + round);
                fill(spill);
                CountDownLatch start = new CountDownLatch(4);
                List<Future<Integer>> removals = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    removals.add(threads.submit(() -> {
                        start.countDown();
                        start.await();
                        return Scratch.removeFolder(spill);
                    }));
                }
                for (Future<Integer> removal : removals) {
                    removal.get(1, TimeUnit.MINUTES);
                }
                assertThat(spill).doesNotExist();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
