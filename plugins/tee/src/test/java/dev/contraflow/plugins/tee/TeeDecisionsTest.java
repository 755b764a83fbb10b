package dev.contraflow.plugins.tee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.plugins.tee.TeeDecisions.Action;
import dev.contraflow.plugins.tee.TeeDecisions.Action.What;
import dev.contraflow.plugins.tee.TeeDecisions.Admission;
import dev.contraflow.plugins.tee.TeeDecisions.Facts;
import dev.contraflow.plugins.tee.TeeDecisions.Limits;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TeeDecisionsTest {
    private static final long MANY = 1 << 20;

    /** in -(0)-> a -(1)-> b -(2)-> c; beside it: other, written by node 0 and read by nobody. */
    private static TeeDecisions chain(Limits limits) {
        return new TeeDecisions(
                List.of(
                        new Facts("in", -1, List.of(0), true, false, Set.of()),
                        new Facts("a", 0, List.of(1), false, false, Set.of()),
                        new Facts("b", 1, List.of(2), false, false, Set.of()),
                        new Facts("c", 2, List.of(), false, false, Set.of()),
                        new Facts("other", 0, List.of(), false, false, Set.of())),
                limits);
    }

    private static Action transfer(String dataset) {
        return new Action(What.TRANSFER, dataset);
    }

    private static Action release(String dataset) {
        return new Action(What.RELEASE, dataset);
    }

    @Test
    void fetchesTheFirstInputAtTheBegin() {
        assertThat(chain(new Limits(4, 2, MANY, false)).begun()).containsExactly(new Action(What.FETCH, "in"));
        assertThat(chain(new Limits(4, 0, MANY, false)).begun()).isEmpty();
    }

    @Test
    void startsNoMoreTransfersThanThereArePlaces() {
        TeeDecisions tee = chain(new Limits(1, 0, MANY, false));
        tee.computed("a");
        tee.computed("other");
        assertThat(tee.ready("a", 10, 10)).containsExactly(transfer("a"));
        assertThat(tee.ready("other", 10, 10)).isEmpty();
        assertThat(tee.durable("a", 10)).containsExactly(transfer("other"));
    }

    @Test
    void releasesWhatIsDurableAndReadToTheEnd() {
        TeeDecisions tee = chain(new Limits(4, 0, MANY, false));
        tee.computed("a");
        tee.ready("a", 10, 10);
        assertThat(tee.read("a", 1)).as("read to the end, but not durable").isEmpty();
        assertThat(tee.durable("a", 10)).containsExactly(release("a"));

        tee.computed("b");
        tee.ready("b", 10, 10);
        assertThat(tee.durable("b", 10)).as("durable, but not read").isEmpty();
        tee.pinned("b");
        assertThat(tee.read("b", 2)).as("a reader still decodes it").isEmpty();
        assertThat(tee.unpinned("b")).containsExactly(release("b"));
    }

    @Test
    void aFailureStopsAdmissionAndForbidsTheCommitsOfDescendantsOnly() {
        TeeDecisions tee = chain(new Limits(3, 0, MANY, false));
        for (String dataset : List.of("a", "other", "b", "c")) {
            tee.computed(dataset);
            tee.ready(dataset, 1, 1);
        }
        assertThat(tee.failed("a")).as("c waited for a place and is discarded").contains(release("c"));
        assertThat(tee.admit(List.of())).isEqualTo(Admission.STOP);
        assertThat(tee.mayCommit("b")).isFalse();
        assertThat(tee.mayCommit("other")).isTrue();
        assertThat(tee.isSettled()).as("b and other are still under way").isFalse();
        tee.durable("other", 1);
        tee.discarded("b");
        assertThat(tee.isSettled()).isTrue();
    }

    @Test
    void bytesMadeAfterTheFailureOfAnAncestorAreNotTransferred() {
        TeeDecisions tee = chain(new Limits(4, 0, MANY, false));
        tee.computed("a");
        tee.ready("a", 1, 1);
        tee.computed("b");
        tee.failed("a");
        assertThat(tee.ready("b", 1, 1)).doesNotContain(transfer("b"));
        assertThat(tee.isSettled()).isTrue();
    }

    @Test
    void aNodeWaitsWhileTooMuchIsNotDurableAndNeverWithoutATransferToWaitFor() {
        TeeDecisions tee = chain(new Limits(4, 0, 100, false));
        tee.computed("a");
        tee.ready("a", 101, 101);
        assertThat(tee.admit(List.of())).isEqualTo(Admission.WAIT);
        tee.durable("a", 101);
        assertThat(tee.admit(List.of())).isEqualTo(Admission.ADMIT);
    }

    @Test
    void evictsWhatIsDurableAndUsedLast() {
        TeeDecisions tee = new TeeDecisions(
                List.of(
                        new Facts("soon", 0, List.of(1), false, false, Set.of()),
                        new Facts("late", 0, List.of(9), false, false, Set.of()),
                        new Facts("pinned", 0, List.of(10), false, false, Set.of()),
                        new Facts("undurable", 0, List.of(11), false, false, Set.of())),
                new Limits(4, 0, MANY, false));
        for (String dataset : List.of("soon", "late", "pinned", "undurable")) {
            tee.computed(dataset);
            tee.ready(dataset, 10, 10);
        }
        tee.durable("soon", 10);
        tee.durable("late", 10);
        tee.durable("pinned", 10);
        tee.pinned("pinned");
        assertThat(tee.evict(5)).containsExactly("late");
        assertThat(tee.evict(100)).containsExactly("soon");
        assertThat(tee.evict(100)).as("what is not durable is never let go").isEmpty();
    }

    @Test
    void anInputThatItsReaderTakesFirstIsNotFetchedAhead() {
        TeeDecisions tee = new TeeDecisions(
                List.of(
                        new Facts("x", -1, List.of(0), true, false, Set.of()),
                        new Facts("y", -1, List.of(1), true, false, Set.of())),
                new Limits(4, 1, MANY, false));
        assertThat(tee.begun()).containsExactly(new Action(What.FETCH, "x"));
        assertThat(tee.isFetchedAhead("x")).isTrue();
        assertThat(tee.isFetchedAhead("y")).isFalse();
        tee.fetched("x", 5);
        assertThat(tee.read("x", 0)).containsExactly(release("x"));
    }

    @Test
    void theNextInputIsFetchedWhenOneHasBeenRead() {
        TeeDecisions tee = new TeeDecisions(
                List.of(
                        new Facts("x", -1, List.of(0), true, false, Set.of()),
                        new Facts("y", -1, List.of(1), true, false, Set.of())),
                new Limits(4, 1, MANY, false));
        tee.begun();
        assertThat(tee.fetched("x", 5)).isEmpty();
        assertThat(tee.read("x", 0)).containsExactly(release("x"), new Action(What.FETCH, "y"));
        tee.stop();
        assertThat(tee.notFetched("y")).isEmpty();
    }

    /** a -(1)-> b -(2)-> c, where each becomes visible after the one before; b is saved as a whole if asked for. */
    private static TeeDecisions ordered(boolean isWhole) {
        return new TeeDecisions(
                List.of(
                        new Facts("a", 0, List.of(1), false, false, Set.of()),
                        new Facts("b", 1, List.of(2), false, isWhole, Set.of("a")),
                        new Facts("c", 2, List.of(), false, false, Set.of("b"))),
                new Limits(8, 0, MANY, true));
    }

    private static void allComputed(TeeDecisions tee) {
        for (String dataset : List.of("a", "b", "c")) {
            tee.computed(dataset);
            tee.ready(dataset, 1, 1);
        }
    }

    @Test
    void whatIsOrderedIsTransferredAtOnceAndCommittedAfterItsAncestors() {
        TeeDecisions tee = ordered(false);
        allComputed(tee);
        assertThat(tee.transferred("c")).isEmpty();
        assertThat(tee.transferred("b")).isEmpty();
        assertThat(tee.waitsFor("b")).contains("a");
        assertThat(tee.transferred("a")).containsExactly(new Action(What.COMMIT, "a"));
        assertThat(tee.durable("a", 1)).containsExactly(new Action(What.COMMIT, "b"));
        assertThat(tee.durable("b", 1)).containsExactly(new Action(What.COMMIT, "c"));
        assertThat(tee.isSettled()).isFalse();
        tee.durable("c", 1);
        assertThat(tee.isSettled()).isTrue();
    }

    @Test
    void whatIsSavedAsAWholeIsSavedAfterItsAncestors() {
        TeeDecisions tee = ordered(true);
        tee.computed("a");
        assertThat(tee.ready("a", 1, 1)).containsExactly(transfer("a"));
        tee.computed("b");
        assertThat(tee.ready("b", 1, 1)).isEmpty();
        tee.transferred("a");
        assertThat(tee.durable("a", 1)).containsExactly(transfer("b"));
    }

    @Test
    void whatHasBeenTransferredIsGivenUpIfAnAncestorFails() {
        TeeDecisions tee = ordered(false);
        allComputed(tee);
        tee.transferred("b");
        assertThat(tee.failed("a")).contains(new Action(What.ABANDON, "b"));
        assertThat(tee.transferred("c"))
                .as("a transfer that ends later")
                .containsExactly(new Action(What.ABANDON, "c"));
        assertThat(tee.isSettled()).isFalse();
        assertThat(tee.discarded("b")).contains(new Action(What.DISCARD, "b"));
        assertThat(tee.discarded("c")).contains(new Action(What.DISCARD, "c"));
        assertThat(tee.isSettled()).isTrue();
    }
}
