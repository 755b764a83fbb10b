/** The storage of S3 objects. */
@SuppressWarnings("module") // the digit is part of the name S3, not a version
module dev.contraflow.datasets.s3 {
    requires transitive dev.contraflow;
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires software.amazon.awssdk.auth;
    requires software.amazon.awssdk.awscore;
    requires software.amazon.awssdk.core;
    requires software.amazon.awssdk.http;
    requires software.amazon.awssdk.http.apache5;
    requires software.amazon.awssdk.identity.spi;
    requires software.amazon.awssdk.profiles;
    requires software.amazon.awssdk.regions;
    requires software.amazon.awssdk.retries;
    requires software.amazon.awssdk.retries.api;
    requires software.amazon.awssdk.services.s3;
    requires software.amazon.awssdk.utils;

    exports dev.contraflow.datasets.s3;

    provides dev.contraflow.io.StorageProvider with
            dev.contraflow.datasets.s3.S3StorageProvider;
}
