package dev.selvedge.edge.proxy.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.MalformedCases;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The codec reads the same from any split of the same bytes, and what a plain parser reads; what it
 * accepts is forwarded as exactly one request.
 */
class CodecLawsTest {

  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final long SEED = Long.getLong("selvedge.seed", 20_261_123L);

  private static final String[] PIECES = {
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a/../b?c HTTP/1.1\r\n",
    "POST /x HTTP/1.1\r\nHost: a:81\r\n",
    "OPTIONS * HTTP/1.1\r\n",
    "GET http://A/%61 HTTP/1.0\r\n",
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.1 204\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\n\r\n",
    "HTTP/1.0 304 Not\r\n",
    "Host: a\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 0\r\n",
    "Content-Length : 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "transfer-encoding:\tChunked \r\n",
    "Connection: close\r\n",
    "Connection: keep-alive, x-a\r\n",
    "Expect: 100-continue\r\n",
    "TE: trailers\r\n",
    "X-A: b\r\n",
    "X_A:\r\n",
    " folded\r\n",
    "X-Long: " + "y".repeat(60) + "\r\n",
    "X-Longer: " + "y".repeat(70) + "\r\n",
    "n".repeat(24) + ": v\r\n",
    "n".repeat(25) + ": v\r\n",
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\r",
    "hello",
    "5\r\nhello\r\n",
    "1;a=b\r\nx\r\n",
    "1;a\t= \"b;\" ; c\r\nx\r\n",
    "1;\r\nx\r\n",
    "1;a=\r\nx\r\n",
    "1;a \r\nx\r\n",
    "2;q=\"\\\"\"\r\nok\r\n",
    "1;" + "e".repeat(253) + "\r\nx\r\n",
    "1;" + "e".repeat(254) + "\r\nx\r\n",
    "0\r\n\r\n",
    "0\r\nX-T: 1\r\nHost: evil\r\n\r\n",
    "000000000000000\r\n",
    "fffffffffffffff\r\n",
    "A\r\n",
    "Etag: x\r\n",
    "\u0000",
    "\u00e9",
    " ",
    ":",
  };

  private final CodecLaws laws = new CodecLaws();

  private void check(String text, int[] cuts, int step, boolean request, long seed) {
    try {
      laws.check(text.getBytes(StandardCharsets.ISO_8859_1), cuts, step, request);
    } catch (RuntimeException | AssertionError wrong) {
      throw new AssertionError(
          "seed " + seed + ", request " + request + ": " + text.replace("\r", "\\r"), wrong);
    }
  }

  @Test
  void readsGeneratedStreamsTheSameInAnySplit() {
    int rounds = SOAK ? 3_000_000 : 60_000;
    SplittableRandom seeds = new SplittableRandom(SEED);
    int accepted = 0;
    for (int i = 0; i < rounds; i++) {
      long seed = seeds.nextLong();
      SplittableRandom random = new SplittableRandom(seed);
      String text = generated(random);
      int[] cuts = random.ints(random.nextInt(6), 0, 1 << 20).toArray();
      boolean request = !text.startsWith("HTTP");
      check(text, cuts, 1 + random.nextInt(9), request, seed);
      accepted += PlainParser.read(text, request).size() > 1 ? 1 : 0;
    }
    assertThat(accepted).as("streams with a message in them").isGreaterThan(rounds / 10);
  }

  /** Mostly a head with fields and a body; sometimes anything, with a byte or two changed. */
  private static String generated(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int message = random.nextInt(3); message >= 0; message--) {
      text.append(PIECES[random.nextInt(9)]);
      for (int i = random.nextInt(5); i > 0; i--) {
        text.append(PIECES[9 + random.nextInt(17)]);
      }
      if (random.nextInt(8) > 0) {
        text.append("\r\n");
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        text.append(PIECES[26 + random.nextInt(PIECES.length - 26)]);
      }
    }
    for (int i = random.nextInt(12) - 8; i > 0 && !text.isEmpty(); i--) {
      int at = random.nextInt(text.length());
      String piece = PIECES[26 + random.nextInt(PIECES.length - 26)];
      if (random.nextBoolean()) {
        text.deleteCharAt(at);
      } else {
        text.insert(at, piece.charAt(random.nextInt(piece.length())));
      }
    }
    return text.toString();
  }

  @Test
  void readsMalformedRequestsTheSameAtEverySplit() {
    for (String request : MalformedCases.requests()) {
      String text = request.length() > 2_000 ? request.substring(0, 2_000) : request;
      int[] every = java.util.stream.IntStream.range(0, text.length()).toArray();
      check(text, every, 1, true, 0);
      for (int cut = 1; cut < Math.min(text.length(), 300); cut++) {
        check(text, new int[] {cut}, Integer.MAX_VALUE, true, 0);
      }
    }
  }

  @Test
  void acceptsAHeadOfExactlyTheBound() {
    String start = "GET / HTTP/1.1\r\nHost: a\r\n";
    String name = "x".repeat(20) + ": ";
    StringBuilder fields = new StringBuilder();
    int bound = CodecRun.LIMITS.head();
    while (bound - start.length() - fields.length() > 110) {
      fields.append(name).append("y".repeat(60)).append("\r\n");
    }
    int left = bound - start.length() - fields.length() - name.length() - 4;
    String exact = start + fields + name + "y".repeat(left) + "\r\n\r\n";
    assertThat(exact).hasSize(bound);
    assertThat(understood(exact)).hasSize(3);
    String over = start + fields + name + "y".repeat(left + 1) + "\r\n\r\n";
    assertThat(understood(over)).containsExactly("refused");
  }

  private static List<String> understood(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return CodecRun.read(bytes, new int[0], 1, true);
  }

  @Test
  void readsBackTheChunksItWrites() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int size = 1; size < 1 << 24; size += 1 + random.nextInt(Math.max(1, size / 4))) {
      ByteBuf line = Unpooled.buffer();
      HeadWriter.chunkSize(line, size);
      assertThat(line.toString(StandardCharsets.ISO_8859_1))
          .isEqualTo(Integer.toHexString(size) + "\r\n");
    }
    for (int i = 0; i < 500; i++) {
      ByteBuf out = Unpooled.buffer();
      StringBuilder data = new StringBuilder();
      out.writeCharSequence(
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", StandardCharsets.US_ASCII);
      for (int chunks = random.nextInt(6); chunks > 0; chunks--) {
        String chunk = "d".repeat(1 + random.nextInt(300));
        data.append(chunk);
        HeadWriter.chunkSize(out, chunk.length());
        out.writeCharSequence(chunk + "\r\n", StandardCharsets.US_ASCII);
      }
      out.writeCharSequence("0\r\nx-sum: 1\r\n\r\n", StandardCharsets.US_ASCII);
      byte[] bytes = io.netty.buffer.ByteBufUtil.getBytes(out);
      List<String> read = CodecRun.read(bytes, random.ints(5, 0, 1 << 20).toArray(), 50, true);
      assertThat(read.get(1)).isEqualTo("body " + data + "|x-sum=1");
    }
  }
}
