/** Contraflow's SDK: nodes, pipelines, the data catalog, configuration and the SPIs. */
module dev.contraflow {
    requires transitive org.slf4j;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires org.yaml.snakeyaml;

    exports dev.contraflow;
    exports dev.contraflow.catalog;
    exports dev.contraflow.config;
    exports dev.contraflow.dataset;
    exports dev.contraflow.io;
    exports dev.contraflow.run;
    exports dev.contraflow.spi;

    uses dev.contraflow.dataset.DatasetProvider;
    uses dev.contraflow.io.FormatProvider;
    uses dev.contraflow.io.StorageProvider;
    uses dev.contraflow.spi.ConfigResolver;
    uses dev.contraflow.spi.Plugin;
}
