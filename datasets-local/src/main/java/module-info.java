/** The file storage. */
module dev.contraflow.datasets.local {
    requires transitive dev.contraflow;

    exports dev.contraflow.datasets.local;

    provides dev.contraflow.io.StorageProvider with
            dev.contraflow.datasets.local.LocalStorageProvider;
}
