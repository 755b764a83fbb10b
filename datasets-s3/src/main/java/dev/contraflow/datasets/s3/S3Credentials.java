package dev.contraflow.datasets.s3;

import dev.contraflow.config.ConfigSection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Reads a credentials section. */
final class S3Credentials {
    private S3Credentials() {}

    /** The provider that the section asks for; null for the AWS default chain, which the client then makes and closes. */
    static @Nullable AwsCredentialsProvider of(ConfigSection credentials) {
        Optional<String> accessKey = either(credentials, "access_key_id", "key");
        Optional<String> secretKey = either(credentials, "secret_access_key", "secret");
        Optional<String> token = either(credentials, "session_token", "token");
        Optional<String> profile = credentials.text("profile");
        credentials.rejectOtherKeys();
        if (accessKey.isPresent() != secretKey.isPresent() || (token.isPresent() && accessKey.isEmpty())) {
            throw credentials.error(
                    accessKey.isPresent() ? "secret_access_key" : "access_key_id",
                    "is missing: access key id and secret access key go together.");
        }
        if (accessKey.isPresent() && profile.isPresent()) {
            throw credentials.error("profile", "stands beside an access key. Keep one of them.");
        }
        if (profile.isPresent()) {
            return ProfileCredentialsProvider.create(profile.get());
        }
        if (accessKey.isEmpty()) {
            return null;
        }
        return StaticCredentialsProvider.create(
                token.isPresent()
                        ? AwsSessionCredentials.create(accessKey.get(), secretKey.orElseThrow(), token.get())
                        : AwsBasicCredentials.create(accessKey.get(), secretKey.orElseThrow()));
    }

    private static Optional<String> either(ConfigSection credentials, String name, String kedroName) {
        Optional<String> value = credentials.text(name);
        Optional<String> other = credentials.text(kedroName);
        if (value.isPresent() && other.isPresent()) {
            throw credentials.error(kedroName, "stands beside '" + name + "', which means the same. Keep one of them.");
        }
        Optional<String> found = value.or(() -> other);
        if (found.isPresent() && found.get().isBlank()) {
            throw credentials.error(value.isPresent() ? name : kedroName, "is empty.");
        }
        return found;
    }
}
