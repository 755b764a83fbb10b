package dev.contraflow.plugins.tee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.config.ConfigSection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TeeOptionsTest {
    private static final long MIB = 1 << 20;

    /** A small heap keeps nearly all that it has for nodes, a large one gives a quarter. */
    @ParameterizedTest
    @CsvSource({
        "16, 1",
        "48, 1",
        "56, 2",
        "64, 4",
        "128, 20",
        "256, 52",
        "512, 116",
        "1024, 244",
        "2048, 500",
        "2096, 512",
        "65536, 512"
    })
    void theDefaultOfMemoryLeavesWhatIsNeededAnyway(long heap, long memory) {
        assertThat(TeeOptions.memoryThatFits(heap * MIB)).isEqualTo(memory * MIB);
    }

    @Test
    void whatIsGivenCountsAndElseTheHeapOfThisJvm() {
        assertThat(TeeOptions.read(ConfigSection.of("tee", Map.of("memory", 123)))
                        .memory())
                .isEqualTo(123);
        assertThat(TeeOptions.read(ConfigSection.empty("tee")).memory())
                .isEqualTo(TeeOptions.memoryThatFits(Runtime.getRuntime().maxMemory()));
    }
}
