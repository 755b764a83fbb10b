package dev.contraflow.testkit;

import dev.contraflow.io.Content;
import dev.contraflow.io.Grant;
import dev.contraflow.io.Listed;
import dev.contraflow.io.Location;
import dev.contraflow.io.ObjectInfo;
import dev.contraflow.io.PendingWrite;
import dev.contraflow.io.Storage;
import dev.contraflow.io.Stored;
import dev.contraflow.io.WriteSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A storage whose calls take virtual time and may go wrong as a script says. The objects stand in another storage, which outlives the
 * simulated process: after a crash a new simulation goes on with the same objects. Calls of threads that are not simulated take no time and
 * never go wrong. Thread-safe.
 */
public final class SimulatedStorage implements Storage {
    private final Simulation simulation;
    private final SimulatedNetwork network;
    private final Script script;
    private final Storage objects;
    private final long largestSingle;

    /** What is asked of the storage. */
    public enum Call {
        /** {@link Storage#read}. */
        READ,
        /** {@link Storage#info}. */
        INFO,
        /** {@link Storage#list}. */
        LIST,
        /** {@link Storage#delete}. */
        DELETE,
        /** {@link PendingWrite#transfer}. */
        TRANSFER,
        /** {@link PendingWrite#commit}. */
        COMMIT
    }

    /** When something happens in a call. */
    public enum Moment {
        /** The request has been sent, and nothing has been done. */
        BEFORE,
        /** It has been done, and the answer has not arrived. */
        AFTER
    }

    /** Decides what goes wrong. */
    @FunctionalInterface
    public interface Script {
        /** Nothing goes wrong. */
        Script GOOD_WEATHER = (call, moment, at) -> {};

        /**
         * Called before and after each call has its effect.
         *
         * @param call the call
         * @param moment whether its effect is still to come
         * @param at the object
         * @throws IOException if the caller is to be told so; what has been done stays done
         * @throws InterruptedException if the thread was interrupted while the script waited
         */
        void play(Call call, Moment moment, Location at) throws IOException, InterruptedException;
    }

    /**
     * @param simulation whose time the calls take
     * @param network how much they take
     * @param script what goes wrong
     * @param objects where the objects stand; it is not closed with this storage
     * @param largestSingle larger objects are sent by the transfer, as a multipart upload; others by the commit, in one request
     */
    public SimulatedStorage(
            Simulation simulation, SimulatedNetwork network, Script script, Storage objects, long largestSingle) {
        this.largestSingle = largestSingle;
        this.simulation = Objects.requireNonNull(simulation, "simulation is null");
        this.network = Objects.requireNonNull(network, "network is null");
        this.script = Objects.requireNonNull(script, "script is null");
        this.objects = Objects.requireNonNull(objects, "objects is null");
    }

    private interface Effect<T> {
        T have() throws IOException;
    }

    private interface Size<T> {
        long of(T result);
    }

    private <T> T call(Call call, Location at, long sent, Effect<T> effect, Size<? super T> received)
            throws IOException {
        if (simulation.isOver()) {
            throw new Simulation.CrashError();
        }
        if (!simulation.isSimulated()) {
            return effect.have();
        }
        try {
            network.transfer(sent);
            script.play(call, Moment.BEFORE, at);
            T result = effect.have();
            network.flow(received.of(result));
            script.play(call, Moment.AFTER, at);
            return result;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException)
                    new InterruptedIOException(call + " of " + at + " was interrupted").initCause(e);
        }
    }

    private static Object nothing() {
        return "nothing";
    }

    @Override
    public Content read(Location at, Grant memory) throws IOException {
        return call(Call.READ, at, 0, () -> objects.read(at, memory), Content::size);
    }

    @Override
    public Optional<ObjectInfo> info(Location at) throws IOException {
        return call(Call.INFO, at, 0, () -> objects.info(at), there -> 0);
    }

    @Override
    public List<Listed> list(Location prefix) throws IOException {
        return call(Call.LIST, prefix, 0, () -> objects.list(prefix), listed -> 0);
    }

    @Override
    public void delete(Location at) throws IOException {
        call(
                Call.DELETE,
                at,
                0,
                () -> {
                    objects.delete(at);
                    return nothing();
                },
                deleted -> 0);
    }

    @Override
    public PendingWrite create(Location at, WriteSpec spec) throws IOException {
        return new SimulatedWrite(at, objects.create(at, spec));
    }

    private final class SimulatedWrite implements PendingWrite {
        private final Location at;
        private final PendingWrite write;
        private long left; // to be sent by the commit

        SimulatedWrite(Location at, PendingWrite write) {
            this.at = at;
            this.write = write;
        }

        @Override
        public void transfer(Content content) throws IOException {
            boolean isSmall = content.size() <= largestSingle;
            left = isSmall ? content.size() : 0;
            if (isSmall) {
                write.transfer(content);
                return;
            }
            call(
                    Call.TRANSFER,
                    at,
                    content.size(),
                    () -> {
                        write.transfer(content);
                        return nothing();
                    },
                    transferred -> 0);
        }

        @Override
        public Stored commit() throws IOException {
            return call(Call.COMMIT, at, left, write::commit, stored -> 0);
        }

        @Override
        public void close() throws IOException {
            write.close();
        }
    }

    @Override
    public void close() {}
}
