import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Breaks the protocol of saves in one place after the other, and shows that a test notices. From the project's root, about a minute for each:
 *
 * <pre>java it/mutations/Mutations.java [a part of a mutation's name ...]</pre>
 *
 * <p>It works in the tree itself: each file is put back as it was, whatever happens but a kill. Exit code 0 only if every mutation was caught.
 * A build that fails for another reason than a test proves nothing, and ends it.
 */
public final class Mutations {
    /** A change, and the tests that have to fail because of it. */
    private record Mutation(String what, String file, String from, String to, String module, String test) {}

    private static final String SDK = "sdk/src/main/java/dev/contraflow/";
    private static final String TEE = "plugins/tee/src/main/java/dev/contraflow/plugins/tee/";

    private static final List<Mutation> ALL = List.of(
            new Mutation(
                    "success without waiting for the saves",
                    TEE + "Bookkeeping.java",
                    "(!decisions.isSettled() || !confirming.isEmpty() || spool.isBusy()) && left > 0",
                    "(!confirming.isEmpty() || spool.isBusy()) && left > 0",
                    "plugins/tee",
                    "TeeContractTest"),
            new Mutation(
                    "memory released before the bytes are durable",
                    TEE + "TeeDecisions.java",
                    "boolean isBusy = item.isUnderWay() || item.state == State.FETCHING",
                    "boolean isBusy = item.state == State.FETCHING",
                    "plugins/tee",
                    "TeeDecisionsTest"),
            new Mutation(
                    "a commit that does not wait for its ancestors",
                    TEE + "TeeDecisions.java",
                    "            this.after = new HashSet<>(facts.after());",
                    "            this.after = new HashSet<>();",
                    "it",
                    "CrashPointsTest"),
            new Mutation(
                    "a promise before the journal is forced",
                    SDK + "internal/run/Journal.java",
                    "                log.force();\n                batch.forEach(one -> one.durable.complete(null));",
                    "                batch.forEach(one -> one.durable.complete(null));\n                log.force();",
                    "it",
                    "CrashPointsTest"),
            new Mutation(
                    "a save that is not noted",
                    SDK + "spi/DatasetAccess.java",
                    "        note(ref, transferred.node, stored, stored.etag());\n",
                    "",
                    "it",
                    "CrashPointsTest"),
            new Mutation(
                    "the data before the object that hides it",
                    SDK + "internal/catalog/VersionedFileDataset.java",
                    "                versions.hide();\n",
                    "",
                    "it",
                    "CrashPointsTest"),
            new Mutation(
                    "the bytes of a file not forced to the disk",
                    "datasets-local/src/main/java/dev/contraflow/datasets/local/LocalWrite.java",
                    "            out.force(true);\n",
                    "",
                    "it",
                    "ForcedToDiskTest"),
            new Mutation(
                    "the folder of a file not forced to the disk",
                    "datasets-local/src/main/java/dev/contraflow/datasets/local/LocalWrite.java",
                    "            force(target.getParent());\n",
                    "",
                    "it",
                    "ForcedToDiskTest"),
            new Mutation(
                    "the journal not forced to the disk",
                    SDK + "internal/run/LocalState.java",
                    "            channel.force(false);\n",
                    "",
                    "it",
                    "ForcedToDiskTest"),
            new Mutation(
                    "the bytes of the spool not forced to the disk",
                    SDK + "internal/run/Spool.java",
                    "            out.force(true);\n",
                    "",
                    "it",
                    "ForcedToDiskTest"),
            new Mutation(
                    "a damaged file of the spool is stored",
                    SDK + "internal/run/SpooledOutputs.java",
                    "if (!content.sha256().equals(noted.path(\"sha256\").asText())) {",
                    "if (content.sha256().isEmpty()) {",
                    "it",
                    "SpoolTest"),
            new Mutation(
                    "what was only stored is taken for computed anew",
                    SDK + "internal/run/RunRecord.java",
                    "            entry.put(\"ran\", ran);\n",
                    "",
                    "it",
                    "SpoolTest"),
            new Mutation(
                    "a file of the spool removed before its output is noted",
                    SDK + "spi/DatasetAccess.java",
                    "                record.durable(ref, node, stored, mark);\n                setup.spool().durable(ref.name());\n",
                    "                setup.spool().durable(ref.name());\n                record.durable(ref, node, stored, mark);\n",
                    "it",
                    "CrashPointsTest"),
            new Mutation(
                    "the checksum that the server tells is not compared",
                    "datasets-s3/src/main/java/dev/contraflow/datasets/s3/S3Write.java",
                    "            checkEcho(stored.checksumCRC32(), source);\n",
                    "",
                    "datasets-s3",
                    "S3FaultTest"),
            new Mutation(
                    "what stands on the disk is not compared with what was to be written",
                    "datasets-local/src/main/java/dev/contraflow/datasets/local/LocalWrite.java",
                    "        verify(content);\n",
                    "        if (source == null) {\n            verify(content);\n        }\n",
                    "datasets-local",
                    "LocalStorageTest"),
            new Mutation(
                    "what is restored marked with the attempt that stores it",
                    SDK + "spi/DatasetAccess.java",
                    "record == null ? setup.attempt() : record.attemptOf(node)",
                    "setup.attempt()",
                    "it",
                    "SpoolTest"),
            new Mutation(
                    "who was cut off not asked again before what was held up is stored",
                    SDK + "spi/DatasetAccess.java",
                    "() -> setup.checkLock(SHORT_DOUBT)",
                    "() -> LOG.trace(\"{}\", SHORT_DOUBT)",
                    "it",
                    "TwoRunsTest"),
            new Mutation(
                    "what was read before the look at the inputs used as it is",
                    SDK + "internal/run/InputMarks.java",
                    "return read.mark().equals(Optional.ofNullable(marks.get(input.name())));",
                    "return read.mark().isPresent() == Optional.ofNullable(marks.get(input.name())).isPresent();",
                    "it",
                    "EarlyLoadsTest"),
            new Mutation(
                    "the manifest before the data that it shows",
                    SDK + "spi/RunExecution.java",
                    "            Settlement settlement = settle();\n",
                    """
                                try {
                                    if (setup.record().isPresent()) {
                                        setup.record().get().publish();
                                    }
                                } catch (IOException e) {
                                    throw new java.io.UncheckedIOException(e);
                                }
                                Settlement settlement = settle();
                    """,
                    "it",
                    "CrashPointsTest"));

    private Mutations() {}

    public static void main(String[] args) throws Exception {
        List<String> missed = new ArrayList<>();
        List<Mutation> chosen = ALL.stream()
                .filter(one -> args.length == 0 || List.of(args).stream().anyMatch(one.what()::contains))
                .toList();
        if (chosen.isEmpty()) {
            System.out.println("no mutation is so called: " + List.of(args));
            System.exit(2);
        }
        for (Mutation mutation : chosen) {
            boolean isCaught = isCaught(mutation);
            System.out.printf("%-8s %s (%s)%n", isCaught ? "caught" : "MISSED", mutation.what(), mutation.test());
            if (!isCaught) {
                missed.add(mutation.what());
            }
        }
        System.out.println(missed.isEmpty() ? "every mutation was caught" : "not caught: " + missed);
        System.exit(missed.isEmpty() ? 0 : 1);
    }

    private static boolean isCaught(Mutation mutation) throws IOException, InterruptedException {
        Path file = Path.of(mutation.file());
        String before = Files.readString(file);
        if (!before.contains(mutation.from())) {
            throw new IllegalStateException(file + " has no more: " + mutation.from());
        }
        Files.writeString(file, before.replace(mutation.from(), mutation.to()));
        try {
            Path log = Files.createTempFile("mutation", ".log");
            Process build = new ProcessBuilder(
                            "./mvnw", "-ntp", "test", "-pl", mutation.module(), "-am", "-Dtest=" + mutation.test(),
                            "-Dsurefire.failIfNoSpecifiedTests=false", "-Dspotless.check.skip=true")
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            if (!build.waitFor(20, TimeUnit.MINUTES)) {
                build.destroyForcibly();
                throw new IllegalStateException("the build does not end; see " + log);
            }
            String output = Files.readString(log);
            boolean isCaught = output.contains("There are test failures");
            if (build.exitValue() != 0 && !isCaught) {
                throw new IllegalStateException("with '" + mutation.what() + "' nothing was tested; see " + log);
            }
            Files.delete(log);
            return isCaught;
        } finally {
            Files.writeString(file, before);
        }
    }
}
