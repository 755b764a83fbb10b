package dev.contraflow.examples.spaceflights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.examples.spaceflights.RawData.Company;
import dev.contraflow.examples.spaceflights.RawData.Shuttle;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RawDataTest {
    @Test
    void theSameSeedGivesTheSameTablesAndAnotherOneOthers() {
        assertThat(RawData.generate(50, 1)).isEqualTo(RawData.generate(50, 1));
        assertThat(RawData.generate(50, 1)).isNotEqualTo(RawData.generate(50, 2));
    }

    @Test
    void theTablesAreAsMessyAsTheOriginal() {
        RawData raw = RawData.generate(2000, 1);
        assertThat(raw.companies())
                .hasSize(2000)
                .extracting(Company::companyRating)
                .contains("100%", (String) null);
        assertThat(raw.companies()).extracting(Company::iataApproved).contains("t", "f", null);
        assertThat(raw.companies())
                .extracting(Company::companyLocation)
                .contains("Korea, Republic of", "Lao People's \"PDR\"");
        assertThat(raw.shuttles()).hasSize(2000).extracting(Shuttle::price).contains((String) null);
        assertThat(raw.shuttles())
                .extracting(Shuttle::price)
                .filteredOn(Objects::nonNull)
                .allMatch(price -> price.matches("\\$([0-9]{1,2},)?[0-9]{3}\\.0"))
                .anyMatch(price -> price.contains(","));
        assertThat(raw.reviews())
                .hasSize(2000)
                .filteredOn(review -> review.reviewScoresRating() == null)
                .hasSizeBetween(300, 500);
    }

    @Test
    void noRowsAreRefused() {
        assertThatThrownBy(() -> RawData.generate(0, 1)).hasMessage("rows is 0, not at least 1");
    }
}
