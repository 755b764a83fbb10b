package dev.contraflow.datasets.s3.testkit;

import java.util.Map;
import java.util.TreeMap;

/**
 * A request as {@link S3Gate} saw it. Immutable.
 *
 * @param method the HTTP method
 * @param path the path as it was sent, with its URL escapes: {@code /bucket/key} in path style
 * @param query the query as it was sent, without the question mark; empty if there is none
 */
public record S3Request(String method, String path, String query) {
    /** What a request asks for, as far as method, path and query tell. */
    public enum Operation {
        /** The whole of a small object is stored. */
        PUT_OBJECT,
        /** A multipart upload begins. */
        CREATE_UPLOAD,
        /** A part is stored. */
        UPLOAD_PART,
        /** A multipart upload becomes visible. */
        COMPLETE_UPLOAD,
        /** A multipart upload is thrown away. */
        ABORT_UPLOAD,
        /** An object, or a range of it, is read. */
        GET_OBJECT,
        /** An object's size and metadata are asked for. */
        HEAD_OBJECT,
        /** An object is removed. */
        DELETE_OBJECT,
        /** Objects are listed. */
        LIST_OBJECTS,
        /** Anything else. */
        OTHER
    }

    /** @return what the request asks for */
    public Operation operation() {
        boolean upload = parameters().containsKey("uploadId");
        boolean object = path.indexOf('/', 1) > 0 && path.indexOf('/', 1) < path.length() - 1;
        return switch (method) {
            case "PUT" -> upload ? Operation.UPLOAD_PART : object ? Operation.PUT_OBJECT : Operation.OTHER;
            case "POST" ->
                upload
                        ? Operation.COMPLETE_UPLOAD
                        : parameters().containsKey("uploads") ? Operation.CREATE_UPLOAD : Operation.OTHER;
            case "DELETE" -> upload ? Operation.ABORT_UPLOAD : object ? Operation.DELETE_OBJECT : Operation.OTHER;
            case "HEAD" -> object ? Operation.HEAD_OBJECT : Operation.OTHER;
            case "GET" ->
                object && !upload
                        ? Operation.GET_OBJECT
                        : parameters().containsKey("list-type") ? Operation.LIST_OBJECTS : Operation.OTHER;
            default -> Operation.OTHER;
        };
    }

    /**
     * @param operation an operation
     * @return whether the request asks for it
     */
    public boolean is(Operation operation) {
        return operation() == operation;
    }

    /** @return the number of the part, from 1; 0 if the request is not about one */
    public int partNumber() {
        return Integer.parseInt(parameters().getOrDefault("partNumber", "0"));
    }

    /** @return the query's parameters, with their URL escapes */
    public Map<String, String> parameters() {
        Map<String, String> parameters = new TreeMap<>();
        for (String parameter : query.split("&", 0)) {
            int equals = parameter.indexOf('=');
            parameters.put(
                    equals < 0 ? parameter : parameter.substring(0, equals),
                    equals < 0 ? "" : parameter.substring(equals + 1));
        }
        return parameters;
    }
}
