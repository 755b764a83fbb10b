package dev.contraflow.io;

/**
 * One object of a listing. Immutable.
 *
 * @param location where it stands
 * @param size its bytes
 */
public record Listed(Location location, long size) {}
