package dev.contraflow.it;

import static dev.contraflow.it.BadProject.CATALOG;
import static dev.contraflow.it.BadProject.CREDENTIALS;
import static dev.contraflow.it.BadProject.STORAGES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.contraflow.CatalogException;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.runner.sequential.SequentialRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only an S3 server can know to be wrong, of the project of {@link BadInputTest} with its intermediate dataset on the server. */
class BadInputIT {
    @TempDir
    Path root;

    private final TestS3 s3 = TestS3.get();
    private BadProject project = new BadProject(Path.of(""));

    @BeforeEach
    void goodProject() throws IOException {
        Map<String, Object> keys = new TreeMap<>(s3.credentials());
        project = new BadProject(root.toRealPath())
                .replace(CATALOG, "data/clean.csv", "s3://" + s3.newBucket() + "/clean.csv\n  credentials: mine")
                .replace(STORAGES, "http://127.0.0.1:9", s3.endpoint() + "\n  path_style: true\n  attempts: 2")
                .replace(CREDENTIALS, "someone", String.valueOf(keys.get("access_key_id")))
                .replace(CREDENTIALS, BadProject.SECRET, s3.secretKey());
    }

    private String checked(String message) {
        assertThat(message.lines().count()).as(message).isLessThanOrEqualTo(6);
        return message;
    }

    @Test
    void theGoodProjectRuns() throws IOException {
        assertThat(new SequentialRunner().run(project.build()).orElseThrow().exitCode())
                .isZero();
    }

    @Test
    void aMissingInputObject() throws IOException {
        project.replace(
                CATALOG, "${globals:folder}/orders.csv", "s3://" + s3.newBucket() + "/orders.csv\n  credentials: mine");
        Throwable refused = catchThrowable(() -> new SequentialRunner().run(project.build()));
        assertThat(refused).isInstanceOf(CatalogException.class);
        assertThat(checked(Objects.requireNonNull(refused.getMessage())))
                .contains("'orders'", "s3://", "clean_orders", "does not exist. Put it", "conf/base/catalog.yml:1:1")
                .doesNotContain("the bucket");
        assertThat(project.begun()).isZero();
    }

    /** The answer to a HEAD is the same for both. */
    @Test
    void anInputInABucketThatDoesNotExist() throws IOException {
        project.replace(CATALOG, "${globals:folder}/orders.csv", "s3://nope-no-bucket/orders.csv\n  credentials: mine");
        Throwable refused = catchThrowable(() -> new SequentialRunner().run(project.build()));
        assertThat(refused)
                .isInstanceOf(CatalogException.class)
                .hasMessage(
                        "Dataset 'orders' (csv at s3://nope-no-bucket/orders.csv), which node 'clean_orders' reads, does"
                                + " not exist: cannot read the object: the bucket 'nope-no-bucket' does not exist (404 NoSuchBucket)."
                                + " Create it, or correct the bucket in the catalog. It is described at conf/base/catalog.yml:1:1.");
        assertThat(project.begun()).isZero();
    }

    /** Row 33 of what Kedro prints, with the wrong cause; a run finds it at its first save. */
    @Test
    void aBucketThatDoesNotExist() throws IOException {
        project.replace(CATALOG, "s3://", "s3://nope-");
        PipelineResult result = new SequentialRunner().run(project.build());
        assertThat(result.state()).isEqualTo(PipelineResult.State.FAILED);
        assertThat(checked(result.failures().get(0).getMessage()))
                .contains("'clean'", "s3://nope-", "bucket", "does not exist", "conf/base/catalog.yml:4:1");
    }
}
