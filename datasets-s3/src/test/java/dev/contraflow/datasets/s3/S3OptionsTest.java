package dev.contraflow.datasets.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.CatalogException;
import dev.contraflow.config.ConfigSection;
import dev.contraflow.config.ConfigValue;
import dev.contraflow.config.SourcePosition;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class S3OptionsTest {
    private static final String CANARY = "canary-7f3a";

    @Test
    void hasDefaults() {
        S3Options options = S3Options.of(ConfigSection.empty("storages.s3"));
        assertThat(options.region()).isNull();
        assertThat(options.pathStyle()).isFalse();
        assertThat(options.partSize()).isEqualTo(16 << 20);
        assertThat(options.connections()).isEqualTo(64);
        assertThat(options.deadline()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.attemptTimeout(16_000_000)).isEqualTo(Duration.ofSeconds(46));
        assertThat(options.server()).isEqualTo("Amazon S3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "part_size | 4MiB | is 4194304, but must be from 5242880 to 5368709120 bytes.",
                "connections | 0 | must be a whole number, but is a text.",
                "attempt_timeout | 0s | is zero, but nothing can be done in no time.",
                "request_checksums | never | is 'never', but must be one of: when_supported, when_required.",
                "endpoint | ftp://x | must be of the form https://host:port.",
                "endpoint | https://a:b@host | holds a user name or password. Credentials belong into credentials.yml.",
                "endpoint | http://169.254.169.254 | is a link-local address, which no S3 server has.",
                "endpoint | http://example.com:9000 | is plain http, which shows the data to everybody on the way."
            })
    void refusesBadValuesWithTheirPosition(String key, String value, String message) {
        assertThatThrownBy(() -> S3Options.of(written(Map.of(key, value))))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("conf/base/storages.yml:3:5: '" + key + "' in 'storages.s3' " + message);
    }

    @Test
    void refusesUnknownOptions() {
        assertThatThrownBy(() -> S3Options.of(written(Map.of("regoin", "eu-west-1"))))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith(
                        "conf/base/storages.yml:3:5: unknown key 'regoin' in 'storages.s3'. Did you mean 'region'?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://localhost:4566", "http://127.0.0.1:9000", "http://[::1]:9000", "https://s3.example.com"})
    void acceptsPlainHttpOnTheLoopbackOnly(String endpoint) {
        S3Options options = S3Options.of(written(Map.of("endpoint", endpoint)));
        assertThat(options.endpoint()).hasToString(endpoint);
        assertThat(options.pathStyle()).as("the default with an endpoint").isTrue();
    }

    @Test
    void acceptsPlainHttpElsewhereOnRequest() {
        Map<String, Object> options = Map.of("endpoint", "http://minio:9000", "allow_http", true);
        assertThatCode(() -> S3Options.of(written(options))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"access_key_id,secret_access_key,session_token", "key,secret,token"})
    void readsCredentialsByBothNames(String key, String secret, String token) {
        AwsCredentialsProvider provider = S3Credentials.of(written(Map.of(key, "AK", secret, CANARY, token, "T")));
        assertThat(provider).isNotNull();
        AwsCredentials credentials = provider == null ? null : provider.resolveCredentials();
        assertThat(credentials).isEqualTo(AwsSessionCredentials.create("AK", CANARY, "T"));
    }

    @Test
    void usesTheDefaultChainWithoutCredentials() {
        assertThat(S3Credentials.of(ConfigSection.empty("credentials"))).isNull();
    }

    @Test
    void refusesHalfCredentialsWithoutQuotingThem() {
        assertRefused(Map.of("secret", CANARY), "'access_key_id' in 'storages.s3' is missing");
        assertRefused(Map.of("key", CANARY), "'secret_access_key' in 'storages.s3' is missing");
        assertRefused(Map.of("key", "a", "secret", CANARY, "secret_access_key", CANARY), "which means the same");
        assertRefused(Map.of("key", "a", "secret", CANARY, "profile", "p"), "stands beside an access key");
        assertRefused(Map.of("key", "a", "secrets", CANARY), "unknown key 'secrets'");
        assertRefused(Map.of("key", "", "secret", CANARY), "is empty");
    }

    private static void assertRefused(Map<String, Object> credentials, String message) {
        assertThatThrownBy(() -> S3Credentials.of(written(credentials)))
                .isInstanceOf(CatalogException.class)
                .hasMessageStartingWith("conf/base/storages.yml:")
                .hasMessageContaining(message)
                .hasMessageNotContaining(CANARY);
    }

    private static ConfigSection written(Map<String, ?> plain) {
        Map<String, ConfigValue> entries = new LinkedHashMap<>();
        plain.forEach((key, value) ->
                entries.put(key, ConfigValue.of(value, new SourcePosition("conf/base/storages.yml", 3, 5))));
        return new ConfigSection("storages.s3", new SourcePosition("conf/base/storages.yml", 2, 3), entries);
    }
}
