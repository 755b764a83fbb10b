package dev.contraflow.it;

import static dev.contraflow.it.BadProject.CATALOG;
import static dev.contraflow.it.BadProject.CREDENTIALS;
import static dev.contraflow.it.BadProject.STORAGES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.contraflow.CatalogException;
import dev.contraflow.datasets.s3.testkit.EmbeddedS3;
import dev.contraflow.run.DryRun;
import dev.contraflow.run.PipelineResult;
import dev.contraflow.runner.sequential.SequentialRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a wrong secret is told. On the server inside the JVM, since LocalStack does not look at signatures. */
class WrongSecretTest {
    private static final String BUCKET = "somebodys";

    @TempDir
    Path root;

    private EmbeddedS3 server;
    private BadProject project;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedS3.start(BUCKET);
        project = new BadProject(root.toRealPath())
                .replace(CATALOG, "data/clean.csv", "s3://" + BUCKET + "/clean.csv\n  credentials: mine")
                .replace(STORAGES, "http://127.0.0.1:9", server.endpoint() + "\n  path_style: true\n  attempts: 2")
                .replace(CREDENTIALS, "someone", server.accessKey())
                .replace(CREDENTIALS, BadProject.SECRET, server.secretKey());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private static String checked(String message) {
        assertThat(message.lines().count()).as(message).isLessThanOrEqualTo(6);
        return message;
    }

    /** The answer to a question for an object has no body: it does not say what is wrong with the credentials. */
    @Test
    void aWrongSecretIsToldBeforeTheFirstNodeIfAnInputNeedsIt() throws IOException {
        project.replace(CATALOG, "${globals:folder}/orders.csv", "s3://" + BUCKET + "/orders.csv\n  credentials: mine")
                .replace(CREDENTIALS, server.secretKey(), "wr0ng-5ecret");
        Throwable refused = catchThrowable(() -> new SequentialRunner().run(project.build()));
        assertThat(refused).isInstanceOf(CatalogException.class);
        assertThat(checked(Objects.requireNonNull(refused.getMessage())))
                .contains("'orders'", "s3://", "clean_orders", "cannot be reached", "conf/base/catalog.yml:1:1")
                .contains("access to the bucket '" + BUCKET + "' is denied (403). Check the credentials,")
                .doesNotContain("wr0ng-5ecret");
        assertThat(project.begun()).isZero();
    }

    @Test
    void aWrongSecretOfAnOutputIsToldByTheDryRunAndByTheFirstSave() throws IOException {
        project.replace(CREDENTIALS, server.secretKey(), "wr0ng-5ecret");
        assertThat(DryRun.of(project.build()).problems())
                .singleElement()
                .asString()
                .contains("'clean'", "clean_orders", "cannot be reached", "Check the credentials,");
        PipelineResult result = new SequentialRunner().run(project.build());
        assertThat(checked(result.failures().get(0).getMessage()))
                .contains(
                        "'clean'", "s3://", "does not accept the credentials", "Correct the access key and its secret.")
                .contains("conf/base/catalog.yml:4:1")
                .doesNotContain("wr0ng-5ecret");
    }
}
