package dev.contraflow.datasets.s3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartPlanTest {
    private static final long MIB = 1L << 20;

    @ParameterizedTest
    @ValueSource(
            longs = {
                1,
                5 * MIB,
                16 * MIB - 1,
                16 * MIB,
                16 * MIB + 1,
                160_000 * MIB,
                160_000 * MIB + 1,
                1L << 40,
                48L << 40
            })
    void coversEveryByteOnceInAtMostTenThousandParts(long size) {
        PartPlan plan = PartPlan.forUpload(size, 16 * MIB);
        assertThat(plan.count()).isBetween(1, PartPlan.MOST_PARTS);
        long covered = 0;
        for (int i = 0; i < plan.count(); i++) {
            assertThat(plan.offset(i)).isEqualTo(covered);
            assertThat(plan.length(i)).isBetween(1L, plan.partSize());
            covered += plan.length(i);
        }
        assertThat(covered).isEqualTo(size);
    }

    @Test
    void growsPartsInWholeMebibytesOnlyWhenItMust() {
        assertThat(PartPlan.forUpload(160_000 * MIB, 16 * MIB).partSize()).isEqualTo(16 * MIB);
        assertThat(PartPlan.forUpload(160_000 * MIB + 1, 16 * MIB).partSize()).isEqualTo(17 * MIB);
        assertThat(PartPlan.forUpload(1L << 40, 16 * MIB).partSize()).isEqualTo(105 * MIB);
    }

    @Test
    void readsMediumObjectsInRangesThatKeepTheConnectionsBusy() {
        assertThat(PartPlan.forDownload(1L << 30, 8 * MIB, 16).partSize()).isEqualTo(8 * MIB);
        assertThat(PartPlan.forDownload(32 * MIB, 8 * MIB, 16).partSize()).isEqualTo(2 * MIB);
        assertThat(PartPlan.forDownload(5 * MIB + 1, 8 * MIB, 16).partSize())
                .as("not below one MiB")
                .isEqualTo(MIB);
        assertThat(PartPlan.forDownload(5 * MIB, 4096, 16).partSize())
                .as("unless it is asked for")
                .isEqualTo(4096);
    }
}
