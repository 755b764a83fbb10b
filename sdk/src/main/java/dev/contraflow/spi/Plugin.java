package dev.contraflow.spi;

import dev.contraflow.run.RunListener;

/**
 * Adds to runs: I/O managers, listeners, interceptors. Found by {@link java.util.ServiceLoader}, or added to a registry by hand. A plugin on the class
 * path is named in the first line that a run logs, and can be disabled by its id, in {@code run.yml} or for one run. Stateless and
 * thread-safe: what belongs to a run is made in {@link #contribute}, which is called once per run.
 */
public interface Plugin {
    /** @return its name in configuration and logs, lower case: {@code tee} */
    String id();

    /**
     * Says what it adds to one run.
     *
     * @param contributions where it adds to
     */
    void contribute(Contributions contributions);

    /** Where a plugin adds to. Valid during the call only. */
    interface Contributions {
        /**
         * Adds an I/O manager, which a run chooses by its id. The first one that a plugin adds is its default.
         *
         * @param factory makes it
         */
        void ioManager(IoManager.Factory factory);

        /**
         * Adds a listener.
         *
         * @param listener told of every event of the run
         */
        void listener(RunListener listener);

        /**
         * Adds an interceptor of nodes.
         *
         * @param interceptor called around every function of the run
         */
        void interceptor(NodeInterceptor interceptor);

        /**
         * Adds an interceptor of data.
         *
         * @param interceptor called around every load and save of the run
         */
        void interceptor(DataInterceptor interceptor);

        /**
         * Adds an interceptor of the run.
         *
         * @param interceptor called before and after it
         */
        void interceptor(RunInterceptor interceptor);
    }
}
