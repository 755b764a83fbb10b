package dev.contraflow.io;

import java.util.Optional;

/** A content that knows which object it was read from. Thread-safe as the content is. */
final class MarkedContent extends ForwardingContent {
    private final String mark;

    MarkedContent(Content bytes, String mark) {
        super(bytes);
        this.mark = mark;
    }

    @Override
    public Optional<String> mark() {
        return Optional.of(mark);
    }
}
