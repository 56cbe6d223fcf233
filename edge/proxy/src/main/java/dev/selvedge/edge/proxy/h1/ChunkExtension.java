package dev.selvedge.edge.proxy.h1;

/**
 * Tells a well-formed extension of a chunk's size (RFC 9112, 7.1.1) from any other text, byte by
 * byte:
 *
 * <pre>
 *   *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )
 * </pre>
 *
 * <p>None of it is ever used, but two readers of a malformed one may disagree where its line ends.
 * Reused through {@link #begin}. Confined to its event loop.
 */
final class ChunkExtension {

  private enum State {
    BEFORE_NAME,
    NAME,
    BEFORE_EQUALS,
    BEFORE_VALUE,
    VALUE,
    QUOTED,
    ESCAPED,
    QUOTE_CLOSED,
    BEFORE_NEXT,
    BROKEN
  }

  private State state = State.BROKEN;

  /** The first semicolon was read. */
  void begin() {
    state = State.BEFORE_NAME;
  }

  /** Takes the next byte of the line; false where it makes the extension malformed. */
  boolean take(byte b) {
    state =
        switch (state) {
          case BEFORE_NAME -> space(b) ? state : token(b, State.NAME);
          case NAME -> Octets.token(b) ? state : behindName(b);
          case BEFORE_EQUALS -> behindName(b);
          case BEFORE_VALUE -> space(b) ? state : b == '"' ? State.QUOTED : token(b, State.VALUE);
          case VALUE -> Octets.token(b) ? state : behindValue(b);
          case QUOTED -> b == '"' ? State.QUOTE_CLOSED : quoted(b);
          case ESCAPED -> Octets.VALUE[b & 0xFF] ? State.QUOTED : State.BROKEN;
          case QUOTE_CLOSED, BEFORE_NEXT -> behindValue(b);
          case BROKEN -> State.BROKEN;
        };
    return state != State.BROKEN;
  }

  /** Whether the line may end here. */
  boolean complete() {
    return state == State.NAME || state == State.VALUE || state == State.QUOTE_CLOSED;
  }

  private static State behindName(byte b) {
    return space(b) ? State.BEFORE_EQUALS : b == '=' ? State.BEFORE_VALUE : next(b);
  }

  private static State behindValue(byte b) {
    return space(b) ? State.BEFORE_NEXT : next(b);
  }

  private static State next(byte b) {
    return b == ';' ? State.BEFORE_NAME : State.BROKEN;
  }

  private static State quoted(byte b) {
    return b == '\\' ? State.ESCAPED : Octets.VALUE[b & 0xFF] ? State.QUOTED : State.BROKEN;
  }

  private static State token(byte b, State then) {
    return Octets.token(b) ? then : State.BROKEN;
  }

  private static boolean space(byte b) {
    return b == ' ' || b == '\t';
  }
}
