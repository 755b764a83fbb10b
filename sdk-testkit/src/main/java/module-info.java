/** Contract suites, fakes and seeded generators. */
module dev.contraflow.testkit {
    requires transitive dev.contraflow;
    requires transitive org.junit.jupiter.api;
    requires transitive org.assertj.core;

    exports dev.contraflow.testkit;
}
