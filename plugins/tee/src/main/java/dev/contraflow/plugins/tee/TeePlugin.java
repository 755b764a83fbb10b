package dev.contraflow.plugins.tee;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Plugin;

/**
 * Brings the I/O manager {@code tee}: every output is frozen when its node returns, handed to the next nodes in memory, encoded once, and
 * uploaded in the background; the run succeeds only when everything is durable. What is stored is the same, byte for byte, as in a plain
 * run. Options, in the section {@code tee} of {@code run.yml}: see {@link TeeOptions}. Stateless.
 */
public final class TeePlugin implements Plugin {
    @Override
    public String id() {
        return "tee";
    }

    @Override
    public void contribute(Contributions contributions) {
        contributions.ioManager(new IoManager.Factory() {
            @Override
            public String id() {
                return "tee";
            }

            @Override
            public void check(ConfigSection options) {
                TeeOptions.read(options);
            }

            @Override
            public IoManager open(IoContext context) {
                return new TeeIo(context, TeeOptions.read(context.options()));
            }
        });
    }
}
