package dev.contraflow.formats.core;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatAlias;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * The format {@code yaml}: one document, UTF-8, written in block style with LF. It holds what {@link JsonFormatProvider json} holds, under the
 * same rules, and NaN and infinities besides.
 *
 * <p>It is read by the core schema of YAML 1.2.2. Plain words that YAML 1.1 reads otherwise ({@code yes}, {@code off}, {@code 010}, {@code
 * 1_000}, {@code 12:30}) are errors that ask for quotes; dates stay texts. Repeated keys, keys that are no text, tags, merge keys, recursion
 * and a second document are errors; an alias is a copy of what it points to. When it is written, every text that any reader could take for
 * something else stands in quotes. Exact; that lines are missing at the end cannot always be seen when it is read.
 *
 * <p>Options: {@code encoding}: {@code utf-8}. Stateless and thread-safe, and so are its formats.
 */
public final class YamlFormatProvider implements FormatProvider {
    /** Makes the provider; it holds nothing. */
    public YamlFormatProvider() {}

    /** @return {@code yaml} */
    @Override
    public String typeId() {
        return "yaml";
    }

    /** @return {@code yaml.YAMLDataset} */
    @Override
    public List<FormatAlias> aliases() {
        return KedroAliases.yaml();
    }

    @Override
    public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
        Texts.requireUtf8(options);
        return new YamlFormat<>(Codecs.of(type.type(), typeId(), Dialect.YAML));
    }

    private static final class YamlFormat<T> implements Format<T> {
        private final YAMLFactory factory = YAMLFactory.builder()
                .configure(StreamWriteFeature.AUTO_CLOSE_TARGET, false)
                .configure(StreamWriteFeature.AUTO_CLOSE_CONTENT, false)
                .streamWriteConstraints(StreamWriteConstraints.builder()
                        .maxNestingDepth(Codec.DEEPEST + 1)
                        .build())
                .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                .disable(YAMLGenerator.Feature.SPLIT_LINES)
                .stringQuotingChecker(new YamlWords.Quoting())
                .build();
        private final Codec codec;

        YamlFormat(Codec codec) {
            this.codec = codec;
        }

        @Override
        public String typeId() {
            return "yaml";
        }

        @Override
        public void encode(T value, OutputStream out) throws IOException {
            Writer writer = Texts.writer(out);
            JsonGenerator yaml = new PlainWords(factory.createGenerator(writer));
            try {
                codec.write(Objects.requireNonNull(value, "value is null"), yaml);
            } catch (Refusal refusal) {
                throw Problems.unencodable(typeId(), refusal); // and no close: it would complain of the half document
            }
            yaml.close();
            writer.flush();
        }

        @Override
        @SuppressWarnings("unchecked") // the codec was made for the type T
        public T decode(InputStream in) throws IOException {
            try {
                YamlSource source = new YamlSource(compose(Texts.readerAfterByteOrderMark(in)));
                try {
                    return (T) Json.readOnly(source, codec);
                } catch (Refusal refusal) {
                    throw Problems.unreadable(typeId(), source.position(), refusal);
                }
            } catch (YamlSource.Misplaced e) {
                throw Problems.unreadable(typeId(), e.position(), e.refusal());
            } catch (CharacterCodingException e) {
                throw Problems.notUtf8(typeId(), e);
            }
        }

        private Node compose(Reader reader) throws IOException {
            LoaderOptions options = new LoaderOptions();
            options.setNestingDepthLimit(Codec.DEEPEST);
            options.setCodePointLimit(Integer.MAX_VALUE);
            options.setMaxAliasesForCollections(Integer.MAX_VALUE); // YamlSource counts what they make
            options.setTagInspector(tag -> true); // YamlSource refuses them, with a better message
            try {
                Composer composer =
                        new Composer(new ParserImpl(new StreamReader(reader), options), new TextResolver(), options);
                Node root = composer.getSingleNode();
                if (root == null) {
                    throw new IOException("Cannot read yaml: there is no document");
                }
                return root;
            } catch (MarkedYAMLException e) {
                throw Problems.unreadable(
                        typeId(), YamlSource.position(e.getProblemMark()), new Refusal(problemOf(e), e));
            } catch (YAMLException e) {
                if (e.getCause() instanceof IOException failedRead) {
                    throw failedRead;
                }
                throw new IOException("Cannot read yaml: " + e.getMessage(), e);
            }
        }

        private static String problemOf(MarkedYAMLException e) {
            String context = e.getContext();
            return context == null ? e.getProblem() : context + ", " + e.getProblem();
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    /**
     * Writes texts that are safe without quotes, and all others in double ones. Jackson's MINIMIZE_QUOTES would do the same but for texts of
     * several lines, which it writes as literal blocks whatever the checker says: U+0085 comes back from them as LF.
     */
    private static final class PlainWords extends JsonGeneratorDelegate {
        PlainWords(JsonGenerator yaml) {
            super(yaml);
        }

        @Override
        public void writeString(String text) throws IOException {
            if (YamlWords.isSafe(text)) {
                delegate.writeNumber(text); // the one way to write a plain scalar
            } else {
                delegate.writeString(text);
            }
        }
    }

    /** Takes every scalar for a text: what a plain one means, {@link YamlWords} says. */
    private static final class TextResolver extends Resolver {
        @Override
        protected void addImplicitResolvers() {}
    }
}
