package dev.contraflow.run;

import dev.contraflow.io.TransientFailure;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often a load or a save is tried again after a transient failure, and how long a run waits before that. Storages retry single requests
 * themselves; this is for whole loads and saves, of opaque datasets too. Waits grow exponentially with full jitter: before attempt
 * {@code n + 1} a run waits a random time up to {@code min(longestDelay, firstDelay * 2^(n-1))} (M. Brooker, "Exponential backoff and
 * jitter", 2015). Immutable.
 *
 * @param attempts the most attempts, at least 1
 * @param firstDelay the longest wait before the second attempt
 * @param longestDelay no wait is longer
 */
public record RetryPolicy(int attempts, Duration firstDelay, Duration longestDelay) {
    private static final RetryPolicy NEVER = new RetryPolicy(1, Duration.ZERO, Duration.ZERO);

    /** Checks the bounds. */
    public RetryPolicy {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts is " + attempts + ", not at least 1");
        }
        if (firstDelay.isNegative() || longestDelay.compareTo(firstDelay) < 0) {
            throw new IllegalArgumentException(
                    "the delays must not be negative, nor the longest shorter than the first");
        }
    }

    /** @return the policy that tries once */
    public static RetryPolicy never() {
        return NEVER;
    }

    /**
     * @param attempts the most attempts, at least 1
     * @return a policy with waits from 200 ms to 10 s
     */
    public static RetryPolicy ofAttempts(int attempts) {
        return new RetryPolicy(attempts, Duration.ofMillis(200), Duration.ofSeconds(10));
    }

    /**
     * Whether a load or save is tried again.
     *
     * @param attempt which attempt failed, from 1
     * @param failure what it threw
     * @return true if attempts are left, and the failure or one behind it is {@linkplain TransientFailure transient}
     */
    public boolean isRetried(int attempt, Throwable failure) {
        return attempt < attempts && TransientFailure.isIn(failure);
    }

    /**
     * The wait before the next attempt.
     *
     * @param attempt which attempt failed, from 1
     * @param random where the jitter comes from
     * @return the wait
     */
    public Duration delayAfter(int attempt, RandomGenerator random) {
        long longest = longestDelay.toNanos();
        long ceiling = attempt > 40 ? longest : Math.min(longest, firstDelay.toNanos() << Math.min(attempt - 1, 20));
        return Duration.ofNanos(ceiling <= 0 ? 0 : random.nextLong(ceiling + 1));
    }
}
