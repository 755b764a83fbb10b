/** The reference runner. */
module dev.contraflow.runner.sequential {
    requires transitive dev.contraflow;

    exports dev.contraflow.runner.sequential;
}
