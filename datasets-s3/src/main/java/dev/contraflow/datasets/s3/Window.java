package dev.contraflow.datasets.s3;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntFunction;

/** Runs numbered requests with a bounded number of them in flight, so that one large object does not take all permits. */
final class Window<T> {
    private final int width;
    private final Deque<Requests.Call<T>> inFlight = new ArrayDeque<>();

    Window(int width) {
        this.width = width;
    }

    /** Gets a result. */
    @FunctionalInterface
    interface Sink<T> {
        void take(T result) throws IOException;
    }

    /** All results in order. After a failure or an interrupt the others are aborted, and none is in flight any more. */
    List<T> run(int count, IntFunction<Requests.Call<T>> start) throws IOException {
        List<T> results = new ArrayList<>(count);
        run(count, start, results::add);
        return results;
    }

    /** The same, without keeping the results: each goes to the sink, in order, before another request starts. */
    void run(int count, IntFunction<Requests.Call<T>> start, Sink<? super T> sink) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                if (inFlight.size() == width) {
                    takeOldest(sink);
                }
                inFlight.add(start.apply(i));
            }
            while (!inFlight.isEmpty()) {
                takeOldest(sink);
            }
        } finally {
            inFlight.forEach(Requests.Call::cancel);
            inFlight.forEach(Requests.Call::awaitEnd);
        }
    }

    private void takeOldest(Sink<? super T> sink) throws IOException {
        T result = inFlight.element().await();
        inFlight.remove();
        sink.take(result);
    }
}
