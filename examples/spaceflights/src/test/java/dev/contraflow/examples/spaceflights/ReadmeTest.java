package dev.contraflow.examples.spaceflights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README says about options is what there is. */
class ReadmeTest {
    @Test
    void everyOptionIsDescribedAndPassedOn() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        String pom = Files.readString(Path.of("pom.xml"));
        for (String option : Options.names()) {
            assertThat(readme).contains("| `-Dspaceflights." + option + "` | ");
            assertThat(pom)
                    .contains("<argument>-Dspaceflights." + option + "=${spaceflights." + option + "}</argument>");
        }
        assertThat(readme.lines()).hasSizeLessThanOrEqualTo(60);
    }
}
