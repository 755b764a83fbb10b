package dev.contraflow.plugins.tee;

import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.IoManagerContract;

class TeeContractTest extends IoManagerContract {
    @Override
    protected RunRequest choose(RunRequest request) {
        return request.withProviders(Providers.builder().plugin(new TeePlugin()).build())
                .withIo("tee");
    }
}
