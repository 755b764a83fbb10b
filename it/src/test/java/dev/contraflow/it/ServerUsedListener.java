package dev.contraflow.it;

import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/** Says in one line, at the end, which S3 server the integration tests ran on. */
public final class ServerUsedListener implements TestExecutionListener {
    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        String server = TestS3.usedServer();
        if (server != null) {
            System.out.println("\n[contraflow] integration tests ran on " + server + "\n");
        }
    }
}
