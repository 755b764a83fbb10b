/** Contract suites, fakes and seeded generators. */
module dev.contraflow.testkit {
    requires transitive dev.contraflow;
    requires static transitive org.jspecify;
    requires transitive org.junit.jupiter.api;
    requires org.junit.jupiter.params;
    requires org.assertj.core;

    exports dev.contraflow.testkit;
}
