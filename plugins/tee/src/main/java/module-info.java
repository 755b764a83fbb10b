/** The tee plugin. */
module dev.contraflow.plugins.tee {
    requires transitive dev.contraflow;

    exports dev.contraflow.plugins.tee;

    provides dev.contraflow.spi.Plugin with
            dev.contraflow.plugins.tee.TeePlugin;
}
