package dev.contraflow.internal.config;

/** Whether messages may quote what is written. */
public enum Quoting {
    /** They may. */
    VALUES,
    /** They may not: the values are secrets. */
    NOTHING
}
