package dev.contraflow.internal.run;

import dev.contraflow.CatalogException;
import dev.contraflow.internal.Reason;
import java.io.IOException;

/** A question to a storage. */
@FunctionalInterface
interface StorageQuestion<A> {
    A ask() throws IOException;

    /**
     * Asks what has to be known before a run can be prepared.
     *
     * @param question the question
     * @param what it is about, for the message
     * @param unknown what nobody knows without the answer
     * @return the answer
     * @throws CatalogException if the storage does not give one
     */
    static <A> A needed(StorageQuestion<A> question, String what, String unknown) {
        try {
            return question.ask();
        } catch (IOException | RuntimeException e) {
            throw new CatalogException(
                    "It cannot be found out " + what + ": " + Reason.of(e) + ". Without that nobody knows " + unknown
                            + ".",
                    e);
        }
    }
}
