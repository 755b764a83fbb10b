/** The cache plugin. */
module dev.contraflow.plugins.cache {
    requires transitive dev.contraflow;

    exports dev.contraflow.plugins.cache;

    provides dev.contraflow.spi.Plugin with
            dev.contraflow.plugins.cache.CachePlugin;
}
