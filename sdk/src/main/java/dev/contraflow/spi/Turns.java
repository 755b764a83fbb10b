package dev.contraflow.spi;

/**
 * Who may do I/O: any number of steps at once, or one that must be alone. One that waits to be alone lets no others begin, so that it gets its
 * turn. Thread-safe; not reentrant.
 */
final class Turns {
    private final RunThreads threads;
    private int together; // guarded by this, as all
    private boolean isAlone;
    private int waitingToBeAlone;

    Turns(RunThreads threads) {
        this.threads = threads;
    }

    /** A step that is under way. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    synchronized Turn withOthers() throws InterruptedException {
        while (isAlone || waitingToBeAlone > 0) {
            threads.await(this, Long.MAX_VALUE);
        }
        together++;
        return this::endTogether;
    }

    synchronized Turn alone() throws InterruptedException {
        waitingToBeAlone++;
        try {
            while (isAlone || together > 0) {
                threads.await(this, Long.MAX_VALUE);
            }
            isAlone = true;
        } finally {
            waitingToBeAlone--;
            threads.wakeAll(this);
        }
        return this::endAlone;
    }

    private synchronized void endTogether() {
        together--;
        if (together == 0) {
            threads.wakeAll(this);
        }
    }

    private synchronized void endAlone() {
        isAlone = false;
        threads.wakeAll(this);
    }
}
