package dev.contraflow.internal.run;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.CodeSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The version of the code that a class comes from. */
public final class CodeVersion {
    private static final Logger LOG = LoggerFactory.getLogger(CodeVersion.class);

    private CodeVersion() {}

    /**
     * A mark of all classes that stand in the same jar or folder as a class.
     *
     * @param type the class
     * @return the mark, another one whenever a class has another content; empty if it cannot be found out
     */
    public static String of(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return "";
        }
        try {
            Path place = Path.of(source.getLocation().toURI());
            Map<String, Long> sums = new TreeMap<>();
            if (Files.isRegularFile(place)) {
                sums.put("jar", sum(place));
            } else {
                addClasses(place, sums);
            }
            return RunFacts.sha256(sums.toString()).substring(0, 16);
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            LOG.debug("the version of the code in {} cannot be found out", source.getLocation(), e);
            return "";
        }
    }

    private static void addClasses(Path folder, Map<String, Long> sums) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (file.toString().endsWith(".class")) {
                    sums.put(folder.relativize(file).toString(), sum(file));
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static long sum(Path file) throws IOException {
        CRC32C sum = new CRC32C();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n; (n = in.read(buffer)) > 0; ) {
                sum.update(buffer, 0, n);
            }
        }
        return sum.getValue();
    }
}
