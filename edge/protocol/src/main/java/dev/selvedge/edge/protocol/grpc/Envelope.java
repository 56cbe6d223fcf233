package dev.selvedge.edge.protocol.grpc;

import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Violation;
import org.jspecify.annotations.Nullable;

/**
 * What both directions of agent.proto have in common: a call, flags, and one message of a kind.
 * Throws nothing but {@code ProtocolViolation}. Immutable.
 *
 * @param message null where it is of an unknown kind and may be skipped
 */
record Envelope<M>(int call, int flags, @Nullable M message) {

  /** Reads the messages of one direction, by the field that holds them. */
  interface Kinds<M> {
    /** Null where the field is no message of this direction; the rest of it is skipped then. */
    @Nullable M read(int field, ProtoInput in);
  }

  /**
   * Reads one.
   *
   * @param first the lowest field that holds a message
   * @param last the highest
   */
  static <M> Envelope<M> read(byte[] bytes, int first, int last, Kinds<M> kinds) {
    ProtoInput in = new ProtoInput(bytes);
    int call = 0;
    int flags = 0;
    M message = null;
    for (int field; (field = in.field()) != 0; ) {
      if (field == 1) {
        call = in.number();
      } else if (field == 2) {
        flags = in.number();
      } else if (field < first || field > last) {
        in.skip();
      } else {
        int outer = in.enter();
        M known = kinds.read(field, in);
        while (in.field() != 0) {
          in.skip();
        }
        in.leave(outer);
        message = known == null ? message : known;
      }
    }
    if (message == null && Flags.has(flags, Flags.CRITICAL)) {
      throw Violation.UNKNOWN_CRITICAL.because("a message that is not known");
    }
    return new Envelope<>(call, flags, message);
  }
}
