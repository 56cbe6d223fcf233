package dev.selvedge.edge.proxy.rig;

/**
 * Bytes that follow from a seed and a length, so that an answer to another request, or a part of
 * it, is never taken for the right one. Stateless.
 */
public final class Pattern {

  private Pattern() {}

  /** The bytes; different seeds differ from the first few bytes on. */
  public static byte[] of(long seed, int length) {
    byte[] bytes = new byte[length];
    long state = seed * 0x9E3779B97F4A7C15L + 1;
    for (int i = 0; i < length; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      bytes[i] = (byte) (state >>> 56);
    }
    return bytes;
  }
}
