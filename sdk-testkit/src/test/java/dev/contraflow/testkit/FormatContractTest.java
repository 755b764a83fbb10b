package dev.contraflow.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.contraflow.Rows;
import dev.contraflow.TypeRef;
import dev.contraflow.io.Format;
import dev.contraflow.io.FormatOptions;
import dev.contraflow.io.FormatProvider;
import dev.contraflow.io.RowsFormat;
import dev.contraflow.io.UnencodableValueException;
import dev.contraflow.io.UnsupportedTypeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The contract holds for a good format, and each way to break it makes the test fail that is meant for it. */
class FormatContractTest {
    private static final TypeRef<List<String>> TEXTS = new TypeRef<>() {};

    /** Texts between bars, each with a backslash before every bar or backslash of its own: exact. */
    private static class Good implements Format<List<String>> {
        @Override
        public String typeId() {
            return "bars";
        }

        @Override
        public void encode(List<String> value, OutputStream out) throws IOException {
            StringBuilder text = new StringBuilder();
            for (String each : value) {
                if (each == null) {
                    throw new UnencodableValueException("bars cannot hold null");
                }
                text.append(each.replace("\\", "\\\\").replace("|", "\\|")).append('|');
            }
            out.write(bytesOf(text.append("\\.").toString()));
        }

        byte[] bytesOf(String text) throws IOException {
            try {
                ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
                byte[] copy = new byte[bytes.remaining()];
                bytes.get(copy);
                return copy;
            } catch (CharacterCodingException e) {
                throw new UnencodableValueException("bars cannot hold half of a surrogate pair");
            }
        }

        @Override
        public List<String> decode(InputStream in) throws IOException {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(in.readAllBytes()))
                    .toString();
            List<String> texts = new ArrayList<>();
            StringBuilder each = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '|') {
                    texts.add(each.toString());
                    each.setLength(0);
                } else if (c != '\\') {
                    each.append(c);
                } else if (text.startsWith("\\.", i) && i + 2 == text.length() && each.isEmpty()) {
                    return canonical(texts);
                } else if (++i < text.length()) {
                    each.append(text.charAt(i));
                }
            }
            return atTheEnd(texts);
        }

        List<String> canonical(List<String> texts) {
            return Collections.unmodifiableList(texts);
        }

        List<String> atTheEnd(List<String> texts) throws IOException {
            throw new IOException("The end is missing after " + texts);
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    private record Provider(Format<List<String>> format, boolean strict) implements FormatProvider {
        @Override
        public String typeId() {
            return "bars";
        }

        @Override
        @SuppressWarnings("unchecked") // T is checked, unless the test wants a provider that does not
        public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
            if (strict && !type.equals(TEXTS)) {
                throw new UnsupportedTypeException("bars holds a List of texts, not " + type);
            }
            return (Format<T>) format;
        }
    }

    private static final class Contract extends FormatContract {
        private final FormatProvider provider;

        Contract(Format<List<String>> format) {
            this(new Provider(format, true));
        }

        Contract(FormatProvider provider) {
            this.provider = provider;
        }

        @Override
        protected FormatProvider provider() {
            return provider;
        }

        @Override
        protected List<Samples<?>> samples() {
            return List.of(Samples.of(TEXTS, List.of("a|\\", ""), List.of()).refusing(List.of("\ud800")));
        }

        @Override
        protected List<TypeRef<?>> unsupportedTypes() {
            return List.of(TypeRef.of(String.class));
        }

        @Override
        protected boolean detectsTruncation(TypeRef<?> type) {
            return true;
        }
    }

    @Test
    void aGoodFormatPasses() throws Exception {
        Contract contract = new Contract(new Good());
        contract.whatItHoldsComesBackIndistinguishable();
        contract.theSameValueGivesTheSameBytes();
        contract.refusesValuesThatWouldNotComeBack();
        contract.hostileValuesAreRefusedOrComeBackIndistinguishable();
        contract.bytesWithoutTheirEndAreRefusedOrAShorterValue();
        contract.readsToTheEndByAnyStepsAndLeavesTheStreamsOpen();
        contract.failuresOfTheStreamsComeThrough();
        contract.typesThatItCannotHoldAreRefused();
        contract.isUsedByManyThreadsAtOnce();
    }

    @Test
    void aFormatThatIsNotRegisteredFails() {
        assertFails(new Contract(new Good())::isFoundByServiceLoaderUnderItsTypeId, "bars");
    }

    @Test
    void questionMarksForHalvesOfSurrogatePairsFail() {
        Contract contract = new Contract(new Good() {
            @Override
            byte[] bytesOf(String text) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
        });
        assertFails(contract::refusesValuesThatWouldNotComeBack, "encoding [");
        assertFails(contract::hostileValuesAreRefusedOrComeBackIndistinguishable, "of seed");
    }

    @Test
    void collectionsOfAnotherClassFail() {
        Contract contract = new Contract(new Good() {
            @Override
            List<String> canonical(List<String> texts) {
                return List.copyOf(texts);
            }
        });
        assertFails(contract::whatItHoldsComesBackIndistinguishable, "class of the value");
        assertFails(contract::hostileValuesAreRefusedOrComeBackIndistinguishable, "class of the value");
    }

    @Test
    void anEndThatIsNotMissedFails() {
        Contract contract = new Contract(new Good() {
            @Override
            List<String> atTheEnd(List<String> texts) {
                return canonical(texts);
            }
        });
        assertFails(contract::bytesWithoutTheirEndAreRefusedOrAShorterValue, "are read as a value");
    }

    @Test
    void bytesThatChangeFail() {
        int[] calls = {0};
        Contract contract = new Contract(new Good() {
            @Override
            public void encode(List<String> value, OutputStream out) throws IOException {
                super.encode(List.of("call " + calls[0]++), out);
            }
        });
        assertFails(contract::theSameValueGivesTheSameBytes, "second time");
    }

    @Test
    void aFormatThatClosesOrLeavesBytesFails() {
        Contract closing = new Contract(new Good() {
            @Override
            public void encode(List<String> value, OutputStream out) throws IOException {
                super.encode(value, out);
                out.close();
            }
        });
        assertFails(closing::readsToTheEndByAnyStepsAndLeavesTheStreamsOpen, "the format closed the stream");
        Contract closingInput = new Contract(new Good() {
            @Override
            public List<String> decode(InputStream in) throws IOException {
                try (in) {
                    return super.decode(in);
                }
            }
        });
        assertFails(closingInput::readsToTheEndByAnyStepsAndLeavesTheStreamsOpen, "input closed by the format");
    }

    @Test
    void failuresThatAreHiddenFail() {
        Contract contract = new Contract(new Good() {
            @Override
            public List<String> decode(InputStream in) throws IOException {
                try {
                    return super.decode(in);
                } catch (IOException e) {
                    throw new IOException("something went wrong", e);
                }
            }
        });
        assertFails(contract::failuresOfTheStreamsComeThrough, "something went wrong");
    }

    @Test
    void aFormatThatRefusesEverythingOrTakesEveryTypeFails() {
        Contract refusing = new Contract(new Good() {
            @Override
            public void encode(List<String> value, OutputStream out) throws IOException {
                throw new UnencodableValueException("bars cannot hold anything");
            }
        });
        assertFails(refusing::hostileValuesAreRefusedOrComeBackIndistinguishable, "random values of List<String>");
        Contract taking = new Contract(new Provider(new Good(), false));
        assertFails(taking::typesThatItCannotHoldAreRefused, "making a format of String");
    }

    /** Rows of lines, in a format that can be broken. */
    private abstract static class OfLines implements RowsFormat<String> {
        private final LineRowsFormat good = new LineRowsFormat();

        @Override
        public String typeId() {
            return "lines";
        }

        @Override
        public void encode(Rows<String> value, OutputStream out) throws IOException {
            good.encode(value, out);
        }

        @Override
        public Rows.Cursor<String> read(InputStream in) throws IOException {
            return good.read(in);
        }

        @Override
        public boolean isExact() {
            return true;
        }
    }

    private static final class LinesContract extends FormatContract {
        private static final TypeRef<Rows<String>> TYPE = new TypeRef<>() {};

        private final Format<Rows<String>> rows;
        private final Format<List<String>> list;

        LinesContract(Format<Rows<String>> rows, Format<List<String>> list) {
            this.rows = rows;
            this.list = list;
        }

        @Override
        protected FormatProvider provider() {
            return new FormatProvider() {
                @Override
                public String typeId() {
                    return "lines";
                }

                @Override
                @SuppressWarnings("unchecked") // only these two are asked for
                public <T> Format<T> create(TypeRef<T> type, FormatOptions options) {
                    return (Format<T>) (type.rawType() == Rows.class ? rows : list);
                }
            };
        }

        @Override
        protected List<Samples<?>> samples() {
            return List.of(Samples.of(TYPE, Rows.of(List.of("a", "bc")), Rows.of(List.of())));
        }

        @Override
        protected List<TypeRef<?>> unsupportedTypes() {
            return List.of();
        }

        @Override
        protected boolean detectsTruncation(TypeRef<?> type) {
            return false;
        }
    }

    private static LinesContract contract(Format<Rows<String>> rows) {
        return new LinesContract(rows, new LinesFormat(LinesFormat.Form.EXACT));
    }

    @Test
    void aGoodFormatOfRowsPasses() throws IOException {
        LinesContract contract = contract(new OfLines() {});
        contract.whatItHoldsComesBackIndistinguishable();
        contract.rowsAreWrittenAndReadOneByOne();
        contract.rowsGiveTheBytesOfAListOfThem();
        contract.failuresOfRowsComeThroughAndTheirCursorIsClosed();
    }

    @Test
    void rowsThatAreNotStreamedFail() {
        assertFails(
                contract(new OfLines() {
                    @Override
                    public void encode(Rows<String> value, OutputStream out) throws IOException {
                        super.encode(Rows.of(value.toList()), out);
                    }
                })::rowsAreWrittenAndReadOneByOne,
                "rows read before the first byte was written");
        assertFails(
                contract(new OfLines() {
                    @Override
                    public Rows.Cursor<String> read(InputStream in) throws IOException {
                        return super.read(new ByteArrayInputStream(in.readAllBytes()));
                    }
                })::rowsAreWrittenAndReadOneByOne,
                "bytes read for the first row");
        assertFails(
                contract(new OfLines() {
                    @Override
                    public boolean isStreamed() {
                        return false;
                    }
                })::rowsAreWrittenAndReadOneByOne,
                "streams Rows<String>");
    }

    @Test
    void rowsThatAreLeftOpenFail() {
        LinesContract leaking = contract(new OfLines() {
            @Override
            public void encode(Rows<String> value, OutputStream out) throws IOException {
                value.open();
                super.encode(value, out);
            }
        });
        assertFails(leaking::rowsAreWrittenAndReadOneByOne, "cursors of the rows left open");
        assertFails(leaking::failuresOfRowsComeThroughAndTheirCursorIsClosed, "cursors of the rows left open");
    }

    @Test
    void listsWithOtherBytesFail() {
        assertFails(
                new LinesContract(new OfLines() {}, new Good())::rowsGiveTheBytesOfAListOfThem,
                "a list of the same rows");
    }

    private static void assertFails(ThrowingCallable test, String message) {
        assertThatThrownBy(test).isInstanceOf(AssertionError.class).hasMessageContaining(message);
    }
}
