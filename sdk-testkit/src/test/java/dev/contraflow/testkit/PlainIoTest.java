package dev.contraflow.testkit;

import dev.contraflow.run.RunRequest;

class PlainIoTest extends IoManagerContract {
    @Override
    protected RunRequest choose(RunRequest request) {
        return request.withIo("plain");
    }
}
