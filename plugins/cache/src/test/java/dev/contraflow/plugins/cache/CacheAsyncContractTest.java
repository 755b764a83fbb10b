package dev.contraflow.plugins.cache;

import dev.contraflow.run.RunRequest;
import dev.contraflow.spi.Providers;
import dev.contraflow.testkit.IoManagerContract;

class CacheAsyncContractTest extends IoManagerContract {
    @Override
    protected RunRequest choose(RunRequest request) {
        return request.withProviders(
                        Providers.builder().plugin(new CachePlugin()).build())
                .withIo("cache-async");
    }
}
