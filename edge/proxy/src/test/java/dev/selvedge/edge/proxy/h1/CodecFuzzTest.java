package dev.selvedge.edge.proxy.h1;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/**
 * The laws of the codec on bytes that a fuzzer finds: first byte 1 for responses, second the number
 * of cuts (up to 7), one byte a cut, then the stream. The unit tests replay the kept corpus; the
 * whole build searches on from there for 20 s, in a JVM of its own (pom.xml, execution fuzz). What
 * it finds lies beside the corpus and fails every later replay.
 */
class CodecFuzzTest {

  private static final int CUTS_MAX = 7;
  private static final int STREAM_MAX = 2048;

  private final CodecLaws laws = new CodecLaws();

  @FuzzTest(maxDuration = "20s")
  void readsTheSameInPiecesAndForwardsExactlyOneRequest(byte[] input) {
    if (input.length < 2) {
      return;
    }
    int count = Math.min(input[1] & CUTS_MAX, input.length - 2);
    int[] cuts = new int[count];
    for (int i = 0; i < count; i++) {
      cuts[i] = (input[2 + i] & 0xFF) * 3;
    }
    int from = 2 + count;
    byte[] stream = Arrays.copyOfRange(input, from, Math.min(input.length, from + STREAM_MAX));
    laws.check(stream, cuts, 1 + (input[1] & 0xFF) / 16, (input[0] & 1) == 0);
  }
}
