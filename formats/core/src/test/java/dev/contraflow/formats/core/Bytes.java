package dev.contraflow.formats.core;

import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.testkit.Samples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Encodes and decodes in tests. */
final class Bytes {
    private Bytes() {}

    static <T> byte[] encode(Format<T> format, T value) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.encode(value, out);
        return out.toByteArray();
    }

    static <T> T decode(Format<T> format, byte[] bytes) throws IOException {
        return format.decode(new ByteArrayInputStream(bytes));
    }

    static <T> String encoded(FormatProvider provider, TypeRef<T> type, T value) throws IOException {
        return new String(encode(provider.create(type, FormatOptions.none()), value), StandardCharsets.UTF_8);
    }

    static <T> T decoded(FormatProvider provider, TypeRef<T> type, String text) throws IOException {
        return decode(provider.create(type, FormatOptions.none()), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Samples of lists, and the same as rows. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    static List<Samples<?>> listsAndRows(Samples<? extends List<?>>... lists) {
        List<Samples<?>> all = new ArrayList<>(List.of(lists));
        for (Samples<? extends List<?>> each : lists) {
            all.add(asRows(each));
        }
        return all;
    }

    @SuppressWarnings("unchecked") // the elements are only passed on
    private static Samples<?> asRows(Samples<? extends List<?>> lists) {
        return Samples.ofRows((Samples<List<Object>>) lists);
    }

    /** A null where none belongs. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // that it does not belong there is what is tested
    static <T> T nullValue() {
        return null;
    }

    static TreeSamples.Numbers numbers() {
        return new TreeSamples.Numbers(
                Byte.MIN_VALUE,
                Short.MAX_VALUE,
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                Float.MIN_VALUE,
                -0.0,
                true,
                '"',
                null,
                (short) 1,
                null,
                0L,
                0.1f,
                null,
                false,
                '\u2028',
                new BigDecimal("-1.50E+7"),
                BigInteger.TEN.pow(30));
    }
}
