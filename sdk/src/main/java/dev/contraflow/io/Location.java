package dev.contraflow.io;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where one object lives: {@code s3://bucket/key}, {@code file:///folder/file}. The text is taken as it is, without URL escapes, so that
 * every key that a storage allows can be written. Holds no user name and no password. Immutable.
 *
 * @param scheme the storage's scheme, lower case: {@code s3}, {@code file}
 * @param authority what stands between {@code ://} and the next slash: the bucket; empty for files
 * @param path the rest, with its leading slash
 */
public record Location(String scheme, String authority, String path) {
    /** Checks that nothing is null. */
    public Location {
        Objects.requireNonNull(scheme, "scheme is null");
        Objects.requireNonNull(authority, "authority is null");
        Objects.requireNonNull(path, "path is null");
    }

    /**
     * Reads a location from text.
     *
     * @param text {@code scheme://authority/path}, or the path of a local file
     * @param root the folder against which a relative file path is resolved
     * @return the location; a file's path is absolute and normalised
     */
    public static Location parse(String text, Path root) {
        int colon = text.indexOf("://");
        if (colon < 0) {
            return file(root.resolve(text));
        }
        String scheme = text.substring(0, colon).toLowerCase(java.util.Locale.ROOT);
        String rest = text.substring(colon + 3);
        if (scheme.equals("file")) {
            return file(root.resolve(rest));
        }
        int slash = rest.indexOf('/');
        return slash < 0
                ? new Location(scheme, rest, "")
                : new Location(scheme, rest.substring(0, slash), rest.substring(slash));
    }

    /**
     * The location of a local file.
     *
     * @param file any path
     * @return its location, absolute and normalised
     */
    public static Location file(Path file) {
        return new Location("file", "", file.toAbsolutePath().normalize().toString());
    }

    /** @return the path without its leading slash: an S3 key */
    public String key() {
        return path.startsWith("/") ? path.substring(1) : path;
    }

    /**
     * @param suffix text to append to the path
     * @return the location with the longer path
     */
    public Location plus(String suffix) {
        return new Location(scheme, authority, path + suffix);
    }

    /** @return the location as text, as it is written in a catalog */
    @Override
    public String toString() {
        return scheme + "://" + authority + path;
    }
}
