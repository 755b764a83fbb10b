package dev.contraflow.internal.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** The kinds of configuration files, as Kedro's loader knows them, and {@code storages} and {@code run}. */
public enum ConfigKind {
    /** Values that all other kinds may refer to. */
    GLOBALS(""),
    /** Datasets. */
    CATALOG(".*"),
    /** Parameters of nodes. */
    PARAMETERS(".*"),
    /** Secrets; nothing of their values is ever printed. */
    CREDENTIALS(".*"),
    /** Options of storages, by scheme. */
    STORAGES(".*"),
    /** Options of runs. */
    RUN("");

    private final Pattern files;

    ConfigKind(String suffix) {
        this.files = Pattern.compile(title() + suffix + "\\.(yml|yaml)");
    }

    /** @return its name in messages and file names: {@code catalog} */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean readsFile(String name) {
        return files.matcher(name).matches();
    }

    /** Anchors and values for references stand below keys that begin with '_'; only parameters keep them. */
    boolean keepsKey(String key) {
        return this == PARAMETERS || !key.startsWith("_");
    }
}
