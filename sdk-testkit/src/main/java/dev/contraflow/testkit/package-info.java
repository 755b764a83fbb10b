/** Contract suites, fakes and seeded generators for authors of formats, storages, I/O managers and runners. */
@NullMarked
package dev.contraflow.testkit;

import org.jspecify.annotations.NullMarked;
