package dev.contraflow.run;

/** Stand-in, replaced by a later commit. */
public interface RunEvent {}
