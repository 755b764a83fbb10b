package dev.contraflow.testkit;

import dev.contraflow.run.RunRequest;

class AsyncIoTest extends IoManagerContract {
    @Override
    protected RunRequest choose(RunRequest request) {
        return request.withIo("async");
    }
}
