package dev.selvedge.edge.protocol;

/**
 * The protocol's versions and bounds. A peer that crosses one is cut off, so both sides can reserve
 * memory by them: at most one frame per connection is held in part, and body bytes never exceed the
 * credit that their receiver granted.
 */
public final class Bounds {

  /** Versions this program speaks; a release speaks its own and the one before. */
  public static final int VERSION_MIN = 1;

  public static final int VERSION = 1;

  /** First field of the first frame: "SLVG". */
  public static final int MAGIC = 0x534C5647;

  /** Payload of any frame. */
  public static final int FRAME_BYTES_MAX = 256 * 1024;

  /** Body bytes in one chunk. */
  public static final int CHUNK_BYTES_MAX = 64 * 1024;

  /** Body bytes in flight that a receiver allows by default: of one call, of the connection. */
  public static final int CALL_CREDIT = 256 * 1024;

  public static final int CONNECTION_CREDIT = 4 * 1024 * 1024;

  /** Credit may never exceed this. */
  public static final int CREDIT_MAX = 1 << 30;

  /** Calls open at once on one connection. */
  public static final int CALLS_MAX = 65_535;

  public static final int FIELDS_MAX = 1_000;
  public static final int MUTATIONS_MAX = 256;
  public static final int FIELD_NAME_MAX = 256;
  public static final int TEXT_BYTES_MAX = 65_535;
  public static final int RULES_MAX = 256;
  public static final int TAGS_MAX = 256;
  public static final int PROBLEMS_MAX = 256;

  /** Configuration tree: nodes in all, and how deep. */
  public static final int NODES_MAX = 16_384;

  public static final int DEPTH_MAX = 32;

  private Bounds() {}

  /** A first credit must let one whole chunk pass. */
  public static void checkCredit(int bytes) {
    if (bytes < CHUNK_BYTES_MAX || bytes > CREDIT_MAX) {
      throw Violation.CREDIT_OVERFLOW.because("a first credit of " + bytes);
    }
  }

  /** The highest version that both speak, or 0. */
  public static int settle(int theirMin, int theirMax) {
    int highest = Math.min(theirMax, VERSION);
    return highest >= Math.max(theirMin, VERSION_MIN) ? highest : 0;
  }
}
