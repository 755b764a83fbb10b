/** Contraflow's core formats: text, bytes, json, jsonl, yaml and csv; and the slow dataset. */
module dev.contraflow.formats.core {
    requires transitive dev.contraflow;
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.annotation;
    requires com.fasterxml.jackson.core;
    requires com.fasterxml.jackson.dataformat.yaml;
    requires de.siegmar.fastcsv;
    requires org.yaml.snakeyaml;

    exports dev.contraflow.formats.core;

    provides dev.contraflow.dataset.DatasetProvider with
            dev.contraflow.formats.core.SlowDatasetProvider;
    provides dev.contraflow.io.FormatProvider with
            dev.contraflow.formats.core.TextFormatProvider,
            dev.contraflow.formats.core.BytesFormatProvider,
            dev.contraflow.formats.core.JsonFormatProvider,
            dev.contraflow.formats.core.JsonLinesFormatProvider,
            dev.contraflow.formats.core.YamlFormatProvider,
            dev.contraflow.formats.core.CsvFormatProvider;
}
