/** The storage of local files. */
module dev.contraflow.datasets.local {
    requires transitive dev.contraflow;
    requires static transitive org.jspecify;

    exports dev.contraflow.datasets.local;

    provides dev.contraflow.io.StorageProvider with
            dev.contraflow.datasets.local.LocalStorageProvider;
}
