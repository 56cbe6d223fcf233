package dev.selvedge.edge.proxy.rig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;

/**
 * One client of a proxy whose upstreams fail: sends requests in every way, misbehaves at times, and
 * fails unless each answer is the right one, a refusal with a known code, or visibly cut.
 */
public final class ChaosClient {

  /** How requests ended, over all clients. */
  public record Tally(
      AtomicLong right, AtomicLong refused, AtomicLong cut, AtomicLong dropped, AtomicLong left) {
    public Tally() {
      this(
          new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong());
    }
  }

  private static final Set<Integer> REFUSALS = Set.of(502, 503, 504);
  private static final int WAIT_MILLIS = 5000;
  private static final int BODY_MAX = 150_000;

  private record Sent(long seed, int length, long sum, boolean withBody) {}

  private final int port;
  private final Random random;
  private final Tally tally;

  public ChaosClient(int port, long seed, Tally tally) {
    this.port = port;
    this.random = new Random(seed);
    this.tally = tally;
  }

  /** Goes on until told to stop; what is wrong is thrown. */
  public void run(BooleanSupplier stopped) throws IOException {
    while (!stopped.getAsBoolean()) {
      try (RawClient client = RawClient.connect(port)) {
        client.socket().setSoTimeout(WAIT_MILLIS);
        connection(client);
      }
    }
  }

  private void connection(RawClient client) throws IOException {
    int rounds = 1 + random.nextInt(20);
    for (int i = 0; i < rounds; i++) {
      boolean last = random.nextInt(10) == 0;
      int pipelined = random.nextInt(5) == 0 ? 3 : 1;
      Sent[] sent = new Sent[pipelined];
      boolean written = true;
      for (int k = 0; k < pipelined; k++) {
        sent[k] = request();
        written &= send(client, sent[k], last && k == pipelined - 1);
      }
      int mood = random.nextInt(40);
      if (mood == 0) {
        client.reset();
        tally.left.addAndGet(pipelined);
        return;
      }
      if (mood == 1 && written) {
        client.endOutput();
      }
      if (!answers(client, sent, mood == 1 || !written || last)) {
        return;
      }
    }
  }

  private Sent request() {
    int length = random.nextInt(10) == 0 ? random.nextInt(BODY_MAX) : random.nextInt(3000);
    return new Sent(random.nextLong() >>> 1, length, 0, random.nextInt(3) == 0);
  }

  private boolean send(RawClient client, Sent sent, boolean last) {
    StringBuilder head = new StringBuilder();
    head.append(sent.withBody ? "POST /" : "GET /").append(sent.seed).append('/');
    head.append(sent.length).append(" HTTP/1.1\r\nHost: chaos.example\r\n");
    if (last) {
      head.append("Connection: close\r\n");
    }
    try {
      if (!sent.withBody) {
        client.send(head.append("\r\n").toString());
      } else if (random.nextBoolean()) {
        head.append("Content-Length: ").append(sent.length).append("\r\n\r\n");
        client.send(joined(head.toString(), Pattern.of(~sent.seed, sent.length)));
      } else {
        head.append("Transfer-Encoding: chunked\r\n\r\n");
        client.send(joined(head.toString(), chunks(Pattern.of(~sent.seed, sent.length))));
      }
      return true;
    } catch (IOException closedEarly) {
      // An answer may have come before the end of the body; it is read next.
      return false;
    }
  }

  private static byte[] joined(String head, byte[] body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(body);
    return all.toByteArray();
  }

  private byte[] chunks(byte[] body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int at = 0;
    while (at < body.length) {
      int size = Math.min(body.length - at, 1 + random.nextInt(20_000));
      all.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      all.write(body, at, size);
      all.writeBytes(new byte[] {'\r', '\n'});
      at += size;
    }
    all.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    return all.toByteArray();
  }

  /** Reads the answers in order; false where the connection is over. */
  private boolean answers(RawClient client, Sent[] sent, boolean ending) throws IOException {
    for (Sent each : sent) {
      Answer answer;
      client.socket().setSoTimeout(WAIT_MILLIS);
      int first = firstByte(client, each);
      if (first < 0) {
        throw new AssertionError("no answer and no byte of one to " + each);
      }
      try {
        answer = client.answer((char) first);
      } catch (SocketTimeoutException hang) {
        throw new AssertionError("hangs in the answer to " + each, hang);
      } catch (IOException ended) {
        tally.cut.incrementAndGet();
        return false;
      }
      verify(each, answer);
      if ("close".equals(answer.field("connection"))) {
        if (!client.closed()) {
          throw new AssertionError("stays open after connection: close");
        }
        return false;
      }
    }
    return !ending;
  }

  private static int firstByte(RawClient client, Sent each) throws IOException {
    try {
      return client.read();
    } catch (SocketTimeoutException hang) {
      throw new AssertionError("no answer in time to " + each, hang);
    }
  }

  private void verify(Sent sent, Answer answer) {
    if (REFUSALS.contains(answer.status())) {
      if (answer.code().isEmpty()) {
        throw new AssertionError("a refusal without a code: " + answer.text());
      }
      tally.refused.incrementAndGet();
      return;
    }
    if (answer.status() != 200
        || !Arrays.equals(answer.body(), Pattern.of(sent.seed, sent.length))) {
      throw new AssertionError(
          "the wrong answer to " + sent + ": " + answer.status() + " " + answer.fields());
    }
    String sum = answer.field("x-sum");
    if (sum != null) {
      CRC32 expected = new CRC32();
      if (sent.withBody) {
        expected.update(Pattern.of(~sent.seed, sent.length));
      }
      if (Long.parseLong(sum) != expected.getValue()) {
        throw new AssertionError("the upstream got another body than was sent: " + sent);
      }
    }
    tally.right.incrementAndGet();
  }
}
