package dev.contraflow.io;

import java.net.ConnectException;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Marks an exception that may not come again: the same load or save, tried once more, may go well. Exceptions of a dataset's own implement
 * it; those of the JDK that say so of themselves (time-outs of connections, refused connections, transient SQL exceptions) are known.
 */
public interface TransientFailure {
    /**
     * Whether a failure is transient.
     *
     * @param failure the failure
     * @return true if it, or one of its causes, is marked or known to be transient
     */
    static boolean isIn(Throwable failure) {
        @Nullable Throwable at = failure;
        for (int depth = 0; at != null && depth < 20; depth++) { // causes can be a circle
            if (at instanceof TransientFailure
                    || at instanceof SocketTimeoutException
                    || at instanceof ConnectException
                    || isTransientSql(at.getClass())) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }

    /** By name, so that nobody needs the module java.sql who has no use for it. */
    private static boolean isTransientSql(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            if (at.getName().equals("java.sql.SQLTransientException")
                    || at.getName().equals("java.sql.SQLRecoverableException")) {
                return true;
            }
        }
        return false;
    }
}
