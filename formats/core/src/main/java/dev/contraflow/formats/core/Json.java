package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;

/** Jackson's streams, set up so that whatever can be written can be read, and that nothing is closed or completed behind our back. */
final class Json {
    private Json() {}

    /** A factory of its own for each format: its tables of names must not be shared by two runs. */
    static JsonFactory factory() {
        return new JsonFactoryBuilder()
                .configure(StreamReadFeature.AUTO_CLOSE_SOURCE, false)
                .configure(StreamWriteFeature.AUTO_CLOSE_TARGET, false)
                .configure(StreamWriteFeature.AUTO_CLOSE_CONTENT, false)
                // keys of data are no attack, and what was written must be readable
                .configure(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW, false)
                .configure(JsonFactory.Feature.INTERN_FIELD_NAMES, false)
                .rootValueSeparator("\n")
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(Codec.DEEPEST)
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .maxNumberLength(Integer.MAX_VALUE)
                        .build())
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(Codec.DEEPEST + 1)
                        .build())
                .build();
    }

    /** Reads the one value of a source and makes sure that nothing follows. */
    static Object readOnly(Source in, Codec codec) throws IOException {
        if (in.next() == Source.Token.END) {
            throw new Refusal("there is no value");
        }
        Object value = codec.read(in);
        if (value == null) {
            throw new Refusal("the whole is null, which no dataset can be");
        }
        if (in.next() != Source.Token.END) {
            throw in.unexpected("the end");
        }
        return value;
    }
}
