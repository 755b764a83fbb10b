/** The runner on threads. */
module dev.contraflow.runner.threads {
    requires transitive dev.contraflow;
    requires org.slf4j;

    exports dev.contraflow.runner.threads;
}
