package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.exchange.HeadLimits;
import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a message body out of the bytes of a connection, never one byte further.
 *
 * <p>Sized and unbounded bodies pass as slices of what was read. Of a chunked body only the data
 * passes: sizes are read strictly (RFC 9112, 7.1), well-formed extensions are dropped up to {@value
 * #EXTENSION_MAX} bytes a chunk and {@value #EXTENSIONS_MAX} a body, trailers are kept apart and
 * filtered. Reused through {@link #begin}. Confined to its event loop.
 */
public final class BodyReader {

  private static final int EXTENSION_MAX = 256;
  private static final int EXTENSIONS_MAX = 4096;
  private static final int SIZE_DIGITS_MAX = 15;

  private enum State {
    DATA,
    SIZE,
    SIZE_END,
    EXTENSION,
    EXTENSION_END,
    DATA_END_CR,
    DATA_END_LF,
    TRAILERS,
    DONE,
    BROKEN
  }

  private final HeadLimits limits;
  private final ChunkExtension extension = new ChunkExtension();
  private State state = State.DONE;
  private boolean chunked;
  private long remaining;
  private int sizeDigits;
  private int extensionBytes;
  private int extensionsBytes;
  private @Nullable HttpHead trailers;
  private int trailerLine;

  public BodyReader(HeadLimits limits) {
    this.limits = limits;
  }

  /** Gets ready for a body of that {@link Framing#length}. */
  public void begin(long length) {
    chunked = length == Framing.CHUNKED;
    remaining = length == Framing.UNTIL_CLOSE ? Long.MAX_VALUE : Math.max(length, 0);
    state = chunked ? State.SIZE : length == 0 ? State.DONE : State.DATA;
    sizeDigits = 0;
    extensionsBytes = 0;
    trailers = null;
  }

  /** Whether the body is complete. */
  public boolean done() {
    return state == State.DONE;
  }

  /** Whether the body is malformed; nothing more can be read. */
  public boolean broken() {
    return state == State.BROKEN;
  }

  /** Bytes still to come; as many as can be where nobody said how many. */
  public long expected() {
    return chunked ? Long.MAX_VALUE : remaining;
  }

  /** Trailers that may be forwarded, or null; when done. */
  public @Nullable HttpHead trailers() {
    HttpHead found = trailers;
    return found == null || found.fieldCount() == 0 ? null : found;
  }

  /**
   * Takes the next bytes of data, at most {@code limit}.
   *
   * @return a retained slice (or the buffer itself, retained) that the caller owns; null where no
   *     data could be taken: look at {@link #done} and {@link #broken}, else more bytes are needed
   */
  public @Nullable ByteBuf next(ByteBuf in, int limit) {
    while (in.isReadable()) {
      switch (state) {
        case DATA -> {
          return data(in, limit);
        }
        case SIZE, SIZE_END, EXTENSION, EXTENSION_END, DATA_END_CR, DATA_END_LF ->
            state = line(in.readByte());
        case TRAILERS -> trailer(in);
        case DONE, BROKEN -> {
          return null;
        }
      }
    }
    return null;
  }

  private @Nullable ByteBuf data(ByteBuf in, int limit) {
    int take = (int) Math.min(Math.min(remaining, limit), in.readableBytes());
    if (take == 0) {
      return null;
    }
    remaining -= remaining == Long.MAX_VALUE ? 0 : take;
    if (remaining == 0) {
      state = chunked ? State.DATA_END_CR : State.DONE;
    }
    return in.readRetainedSlice(take);
  }

  /** One byte of the lines between chunks. */
  private State line(byte b) {
    return switch (state) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_END, EXTENSION_END -> b == '\n' ? sizeKnown() : State.BROKEN;
      case DATA_END_CR -> b == '\r' ? State.DATA_END_LF : State.BROKEN;
      case DATA_END_LF -> {
        sizeDigits = 0;
        yield b == '\n' ? State.SIZE : State.BROKEN;
      }
      case DATA, TRAILERS, DONE, BROKEN -> State.BROKEN;
    };
  }

  private State size(byte b) {
    int digit = Octets.hex(b);
    if (digit >= 0) {
      remaining = sizeDigits == 0 ? digit : remaining << 4 | digit;
      return ++sizeDigits > SIZE_DIGITS_MAX ? State.BROKEN : State.SIZE;
    }
    if (sizeDigits == 0) {
      return State.BROKEN;
    }
    if (b == '\r') {
      return State.SIZE_END;
    }
    if (b != ';') {
      return State.BROKEN;
    }
    extensionBytes = 1;
    extensionsBytes++;
    extension.begin();
    return State.EXTENSION;
  }

  private State extension(byte b) {
    if (++extensionBytes > EXTENSION_MAX || ++extensionsBytes > EXTENSIONS_MAX) {
      return State.BROKEN;
    }
    if (b == '\r') {
      return extension.complete() ? State.EXTENSION_END : State.BROKEN;
    }
    return extension.take(b) ? State.EXTENSION : State.BROKEN;
  }

  private State sizeKnown() {
    if (remaining > 0) {
      return State.DATA;
    }
    trailers = null;
    trailerLine = 0;
    return State.TRAILERS;
  }

  /** Gathers trailer lines byte by byte; trailers are rare and small. */
  private void trailer(ByteBuf in) {
    HttpHead section = trailers;
    if (section == null) {
      section = new HttpHead();
      trailers = section;
    }
    byte b = in.readByte();
    section.reserve(1);
    section.bytes()[section.length()] = b;
    section.advance(1);
    if (section.length() > limits.head()) {
      state = State.BROKEN;
      return;
    }
    if (b != '\n') {
      return;
    }
    int end = section.length();
    boolean crlf = end >= 2 && section.bytes()[end - 2] == '\r';
    if (!crlf) {
      state = State.BROKEN;
    } else if (end - trailerLine == 2) {
      state = State.DONE;
    } else if (!trailerField(section, trailerLine, end - 2)) {
      state = State.BROKEN;
    }
    trailerLine = end;
  }

  private boolean trailerField(HttpHead section, int from, int end) {
    byte[] bytes = section.bytes();
    int i = from;
    while (i < end && Octets.token(bytes[i])) {
      bytes[i] = Octets.TOKEN_LOWER[bytes[i] & 0xFF];
      i++;
    }
    if (i == from || i == end || bytes[i] != ':' || section.fieldCount() >= limits.fields()) {
      return false;
    }
    int nameEnd = i;
    do {
      i++;
    } while (i < end && (bytes[i] == ' ' || bytes[i] == '\t'));
    int valueStart = i;
    for (; i < end; i++) {
      if (!Octets.VALUE[bytes[i] & 0xFF]) {
        return false;
      }
    }
    while (i > valueStart && (bytes[i - 1] == ' ' || bytes[i - 1] == '\t')) {
      i--;
    }
    if (nameEnd - from > limits.name() || i - valueStart > limits.value()) {
      return false;
    }
    section.addField(from, nameEnd - from, valueStart, i - valueStart);
    int last = section.fieldCount() - 1;
    if (!FieldHygiene.trailerAllowed(section, last)) {
      section.removeField(last);
    }
    return true;
  }

  /** Why a broken request body is refused. */
  public static FailureCode requestFailure() {
    return FailureCode.BAD_CHUNK;
  }
}
