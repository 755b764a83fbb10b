package dev.contraflow.it.docs;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.testkit.FormatContract;
import dev.contraflow.testkit.Samples;
import java.util.Collections;
import java.util.List;

class NumbersFormatTest extends FormatContract {
    private static final TypeRef<Rows<Long>> NUMBERS = new TypeRef<>() {};

    @Override
    protected FormatProvider provider() {
        return new NumbersFormatProvider();
    }

    @Override
    protected List<Samples<?>> samples() {
        return List.of(Samples.of(NUMBERS, Rows.of(List.of()), Rows.of(List.of(1L, Long.MIN_VALUE)))
                .refusing(Rows.of(Collections.singletonList((Long) null))));
    }

    @Override
    protected List<TypeRef<?>> unsupportedTypes() {
        return List.of(new TypeRef<Rows<String>>() {}, new TypeRef<List<Long>>() {});
    }

    @Override
    protected boolean detectsTruncation(TypeRef<?> type) {
        return false; // fewer numbers are numbers too
    }
}
