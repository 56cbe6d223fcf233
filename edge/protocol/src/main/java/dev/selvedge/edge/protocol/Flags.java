package dev.selvedge.edge.protocol;

/** The flag bits of a message, the same in both codecs. Unknown bits are ignored. */
public final class Flags {

  /** A receiver that does not understand the type and every byte must refuse the message. */
  public static final int CRITICAL = 0x01;

  /** Head or chunk: the body ends here. */
  public static final int END = 0x02;

  /** Event: no other event follows on this call. Decision: the agent wants no further event. */
  public static final int LAST = 0x04;

  /** Event: context for those that follow; no decision may answer it. */
  public static final int NO_REPLY = 0x08;

  /** Chunk result: another piece for the same chunk follows. */
  public static final int MORE = 0x10;

  private Flags() {}

  public static boolean has(int flags, int flag) {
    return (flags & flag) != 0;
  }
}
