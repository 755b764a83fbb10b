package dev.contraflow.plugins.tee;

import static org.assertj.core.api.Assertions.assertThat;

import dev.contraflow.plugins.tee.TeeDecisions.Action;
import dev.contraflow.plugins.tee.TeeDecisions.Action.What;
import dev.contraflow.plugins.tee.TeeDecisions.Admission;
import dev.contraflow.plugins.tee.TeeDecisions.Facts;
import dev.contraflow.plugins.tee.TeeDecisions.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TeeDecisionsTest {
    private static final long MANY = 1 << 20;

    /** in -(0)-> a -(1)-> b -(2)-> c; beside it: other, written by node 0 and read by nobody. */
    private static TeeDecisions chain(Limits limits) {
        return new TeeDecisions(
                List.of(
                        new Facts("in", -1, List.of(0), true, false, Set.of(), -1),
                        new Facts("a", 0, List.of(1), false, false, Set.of(), -1),
                        new Facts("b", 1, List.of(2), false, false, Set.of(), -1),
                        new Facts("c", 2, List.of(), false, false, Set.of(), -1),
                        new Facts("other", 0, List.of(), false, false, Set.of(), -1)),
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
        assertThat(tee.admit(9, List.of())).isEqualTo(Admission.STOP);
        assertThat(tee.mayCommit("b")).isFalse();
        assertThat(tee.mayCommit("other")).isTrue();
        assertThat(tee.isSettled()).as("b and other are still under way").isFalse();
        tee.durable("other", 1);
        tee.discarded("b");
        assertThat(tee.isSettled()).isTrue();
    }

    /** It may be about to load them: what lives in memory alone could not be loaded again. */
    @Test
    void whatANodeThatRunsReadsStaysThoughSomethingElseThatItReadsIsLost() {
        TeeDecisions tee = new TeeDecisions(
                List.of(
                        new Facts("lost", 0, List.of(2, 3), false, false, Set.of(), -1),
                        new Facts("kept", 1, List.of(2), false, false, Set.of(), -1),
                        new Facts("unread", 1, List.of(3), false, false, Set.of(), -1)),
                new Limits(4, 0, MANY, true));
        tee.keptInMemory("kept");
        tee.keptInMemory("unread");
        tee.computed("lost");
        tee.ready("lost", 10, 10);
        assertThat(tee.admit(2, List.of("lost", "kept"))).isEqualTo(Admission.ADMIT);
        assertThat(tee.failed("lost")).as("node 2 runs, node 3 never will").containsExactly(release("unread"));
        tee.closed(2);
        assertThat(tee.read("lost", 2)).containsExactly(release("lost"));
        assertThat(tee.read("kept", 2)).containsExactly(release("kept"));
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
        assertThat(tee.admit(9, List.of())).isEqualTo(Admission.WAIT);
        tee.durable("a", 101);
        assertThat(tee.admit(9, List.of())).isEqualTo(Admission.ADMIT);
    }

    /** Two nodes, which wrote 60 bytes each in the last run. */
    private static TeeDecisions known(long undurable) {
        return new TeeDecisions(
                List.of(
                        new Facts("a", 0, List.of(), false, false, Set.of(), 60),
                        new Facts("b", 1, List.of(), false, false, Set.of(), 60),
                        new Facts("c", 2, List.of(), false, false, Set.of(), -1)),
                new Limits(4, 0, undurable, false));
    }

    @Test
    void aNodeWaitsIfWhatItWroteTheLastTimeWouldNotFit() {
        TeeDecisions tee = known(100);
        assertThat(tee.admit(0, List.of())).isEqualTo(Admission.ADMIT);
        assertThat(tee.admit(1, List.of()))
                .as("another one runs, and will write 60")
                .isEqualTo(Admission.WAIT);
        tee.closed(0);
        assertThat(tee.admit(1, List.of())).as("it has written nothing").isEqualTo(Admission.ADMIT);
    }

    @Test
    void whatIsExpectedIsCorrectedByWhatCame() {
        TeeDecisions tee = known(100);
        tee.admit(0, List.of());
        tee.computed("a");
        tee.ready("a", 30, 30);
        assertThat(tee.admit(1, List.of()))
                .as("half as large this time: 30 and 30 fit")
                .isEqualTo(Admission.ADMIT);
        assertThat(tee.admit(2, List.of())).as("of this one nothing is known").isEqualTo(Admission.ADMIT);
        tee.computed("c");
        tee.ready("c", 50, 50);
        assertThat(tee.admit(2, List.of())).as("now it is").isEqualTo(Admission.WAIT);
    }

    @Test
    void whatWasAdmittedBeforeAnySizeWasKnownCountsOnceOneIs() {
        TeeDecisions tee = new TeeDecisions(
                Stream.of(0, 1, 2)
                        .map(i -> new Facts("d" + i, i, List.of(), false, false, Set.of(), -1))
                        .toList(),
                new Limits(4, 0, 100, false));
        assertThat(tee.admit(0, List.of())).isEqualTo(Admission.ADMIT);
        tee.computed("d0");
        assertThat(tee.admit(1, List.of())).as("nothing is known yet").isEqualTo(Admission.ADMIT);
        tee.ready("d0", 40, 40);
        assertThat(tee.admit(2, List.of()))
                .as("40 wait, 40 are being computed, and 40 more would not fit")
                .isEqualTo(Admission.WAIT);
        tee.closed(1);
        assertThat(tee.admit(2, List.of())).as("it has written nothing").isEqualTo(Admission.ADMIT);
    }

    @Test
    void whatIsLargerThanTheLimitIsAdmittedAlone() {
        TeeDecisions tee = known(10);
        assertThat(tee.admit(0, List.of())).isEqualTo(Admission.ADMIT);
        tee.computed("a");
        tee.ready("a", 60, 60);
        assertThat(tee.admit(1, List.of())).isEqualTo(Admission.WAIT);
        tee.durable("a", 60);
        assertThat(tee.admit(1, List.of())).isEqualTo(Admission.ADMIT);
    }

    @Test
    void withoutADiskANodeBeginsOnceEverythingIsDurable() {
        TeeDecisions tee = known(MANY);
        tee.computed("a");
        tee.saveInTurn();
        assertThat(tee.admit(1, List.of())).as("it is being encoded").isEqualTo(Admission.WAIT);
        tee.ready("a", 1, 1);
        assertThat(tee.admit(1, List.of())).isEqualTo(Admission.WAIT);
        tee.durable("a", 1);
        assertThat(tee.admit(1, List.of())).isEqualTo(Admission.ADMIT);
    }

    @Test
    void theLargestSaveIsNextAndNoneWaitsForEver() {
        SaveQueue queue = new SaveQueue(2);
        queue.add("small", 1);
        queue.add("medium", 5);
        queue.add("large", 9);
        queue.add("larger", 99);
        queue.add("gone", 999);
        queue.remove("gone");
        assertThat(List.of(next(queue), next(queue), next(queue), next(queue)))
                .containsExactly("larger", "large", "small", "medium");
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.next()).isNull();
    }

    private static String next(SaveQueue queue) {
        return Objects.requireNonNull(queue.next());
    }

    @Test
    void whatOnlyNodesBehindAFailureReadIsNotFetchedAndIsLetGo() {
        TeeDecisions tee = new TeeDecisions(
                List.of(
                        new Facts("a", 0, List.of(1), false, false, Set.of(), -1),
                        new Facts("fetched", -1, List.of(1), true, false, Set.of(), -1),
                        new Facts("waiting", -1, List.of(1), true, false, Set.of(), -1),
                        new Facts("needed", -1, List.of(2), true, false, Set.of(), -1)),
                new Limits(4, 1, MANY, true));
        assertThat(tee.begun()).containsExactly(fetch("fetched"));
        tee.fetched("fetched", 5, 5);
        tee.computed("a");
        assertThat(tee.failed("a"))
                .contains(release("fetched"), fetch("needed"))
                .doesNotContain(fetch("waiting"));
    }

    @Test
    void evictsWhatIsDurableAndUsedLast() {
        TeeDecisions tee = new TeeDecisions(
                List.of(
                        new Facts("soon", 0, List.of(1), false, false, Set.of(), -1),
                        new Facts("late", 0, List.of(9), false, false, Set.of(), -1),
                        new Facts("pinned", 0, List.of(10), false, false, Set.of(), -1),
                        new Facts("undurable", 0, List.of(11), false, false, Set.of(), -1)),
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
                        new Facts("x", -1, List.of(0), true, false, Set.of(), -1),
                        new Facts("y", -1, List.of(1), true, false, Set.of(), -1)),
                new Limits(4, 1, MANY, false));
        assertThat(tee.begun()).containsExactly(new Action(What.FETCH, "x"));
        assertThat(tee.isFetchedAhead("x")).isTrue();
        assertThat(tee.isFetchedAhead("y")).isFalse();
        tee.fetched("x", 5, 5);
        assertThat(tee.read("x", 0)).containsExactly(release("x"));
    }

    @Test
    void theNextInputIsFetchedWhenOneHasBeenRead() {
        TeeDecisions tee = new TeeDecisions(
                List.of(
                        new Facts("x", -1, List.of(0), true, false, Set.of(), -1),
                        new Facts("y", -1, List.of(1), true, false, Set.of(), -1)),
                new Limits(4, 1, MANY, false));
        tee.begun();
        assertThat(tee.fetched("x", 5, 5)).isEmpty();
        assertThat(tee.read("x", 0)).containsExactly(release("x"), new Action(What.FETCH, "y"));
        tee.stop();
        assertThat(tee.notFetched("y")).isEmpty();
    }

    private static TeeDecisions inputs(int count, Limits limits) {
        List<Facts> inputs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            inputs.add(new Facts("in" + i, -1, List.of(i / 2), true, false, Set.of(), -1)); // two for each node
        }
        return new TeeDecisions(inputs, limits);
    }

    private static Action fetch(String dataset) {
        return new Action(What.FETCH, dataset);
    }

    @Test
    void largeInputsAreFetchedForOneNodeAfterTheOther() {
        TeeDecisions tee = inputs(6, new Limits(64, 8, MANY, false));
        assertThat(tee.begun()).containsExactly(fetch("in0"), fetch("in1"));
        assertThat(tee.fetched("in0", 5, TeeDecisions.LARGE))
                .as("in1 is still on its way")
                .isEmpty();
        assertThat(tee.fetched("in1", 5, TeeDecisions.LARGE)).containsExactly(fetch("in2"), fetch("in3"));
    }

    @Test
    void smallInputsAreFetchedSideBySide() {
        TeeDecisions tee = inputs(40, new Limits(64, 8, MANY, false));
        assertThat(tee.begun()).containsExactly(fetch("in0"), fetch("in1"));
        assertThat(tee.fetched("in0", 5, 5)).as("two may be under way").containsExactly(fetch("in2"), fetch("in3"));
        assertThat(tee.fetched("in1", 5, 5)).as("four").containsExactly(fetch("in4"), fetch("in5"));
        assertThat(tee.fetched("in2", 5, 5))
                .as("eight, but so many are fetched already")
                .containsExactly(fetch("in6"), fetch("in7"));
        assertThat(tee.fetched("in3", 5, 5)).isEmpty();
        assertThat(tee.read("in0", 0)).containsExactly(release("in0"), fetch("in8"));
    }

    /** a -(1)-> b -(2)-> c, where each becomes visible after the one before; b is saved as a whole if asked for. */
    private static TeeDecisions ordered(boolean isWhole) {
        return new TeeDecisions(
                List.of(
                        new Facts("a", 0, List.of(1), false, false, Set.of(), -1),
                        new Facts("b", 1, List.of(2), false, isWhole, Set.of("a"), -1),
                        new Facts("c", 2, List.of(), false, false, Set.of("b"), -1)),
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
