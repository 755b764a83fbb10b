package dev.contraflow.plugins.cache;

import dev.contraflow.config.ConfigSection;
import dev.contraflow.spi.DirectIo;
import dev.contraflow.spi.IoContext;
import dev.contraflow.spi.IoManager;
import dev.contraflow.spi.Plugin;

/**
 * Brings the I/O managers {@code cache} and {@code cache-async} (Kedro's {@code CachedDataset} around every intermediate, without and with
 * {@code is_async}). Mostly of use as the foil that the tee is measured against: it saves the loads and none of the saves. Stateless.
 */
public final class CachePlugin implements Plugin {
    @Override
    public String id() {
        return "cache";
    }

    @Override
    public void contribute(Contributions contributions) {
        contributions.ioManager(factory("cache", DirectIo.Form.ONE_BY_ONE));
        contributions.ioManager(factory("cache-async", DirectIo.Form.SIDE_BY_SIDE));
    }

    private static IoManager.Factory factory(String id, DirectIo.Form form) {
        return new IoManager.Factory() {
            @Override
            public String id() {
                return id;
            }

            @Override
            public void check(ConfigSection options) {
                options.rejectOtherKeys();
            }

            @Override
            public IoManager open(IoContext context) {
                check(context.options());
                return new CachingIo(context, form);
            }
        };
    }
}
