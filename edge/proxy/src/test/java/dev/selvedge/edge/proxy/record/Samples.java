package dev.selvedge.edge.proxy.record;

import dev.selvedge.kernel.FailureCode;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Records made by hand and by seed. */
final class Samples {

  static final long NOON = 1_790_000_000_000L;

  private Samples() {}

  static DecisionRecord plain(long sequence, int route) {
    DecisionRecord record = new DecisionRecord();
    record.begin(0, sequence, 1_000, NOON);
    record.client(new byte[] {(byte) 203, 0, 113, 7});
    method(record, "GET");
    host(record, "example.org");
    path(record, "/api/users");
    record.route(route);
    record.step(Step.ROUTED, route, 1_000);
    record.status(200);
    record.step(Step.RESPONDED, 200, 51_000);
    record.countResponseBytes(1024);
    record.end(61_000);
    return record;
  }

  static DecisionRecord refused(long sequence, int route, long epochMillis) {
    DecisionRecord record = plain(sequence, route);
    record.epochMillis = epochMillis;
    record.fail(FailureCode.ROUTE_REFUSED);
    record.step(Step.REFUSED, FailureCode.ROUTE_REFUSED.ordinal(), 20_000);
    record.status(403);
    return record;
  }

  static DecisionRecord random(SplittableRandom random, long sequence, int names) {
    DecisionRecord record = new DecisionRecord();
    record.begin(random.nextInt(4), sequence, random.nextLong(1L << 40), NOON + sequence);
    byte[] address = new byte[random.nextBoolean() ? 4 : 16];
    random.nextBytes(address);
    record.client(address);
    record.methodLength = fill(random, record.method);
    record.hostLength = fill(random, record.host);
    record.pathLength = fill(random, record.path);
    record.pathFullLength =
        record.pathLength == DecisionRecord.MAX_PATH
            ? record.pathLength + random.nextInt(1000)
            : record.pathLength;
    record.foreignIdLength = random.nextInt(4) == 0 ? fill(random, record.foreignId) : 0;
    record.route(random.nextInt(names));
    record.upstream(random.nextInt(names));
    int steps = random.nextInt(30);
    for (int i = 0; i < steps; i++) {
      Step step = Step.of(random.nextInt(Step.values().length));
      int reference =
          switch (step.reference()) {
            case NONE -> 0;
            case NAME -> random.nextInt(names);
            case CODE -> random.nextInt(FailureCode.values().length);
            case STATUS -> 100 + random.nextInt(500);
          };
      record.step(step, reference, record.startNanos() + random.nextLong(1L << 40));
    }
    record.status(random.nextInt(1000));
    if (random.nextInt(3) == 0) {
      record.fail(FailureCode.of(random.nextInt(FailureCode.values().length)));
    }
    if (random.nextInt(5) == 0) {
      record.gap();
    }
    record.countRequestBytes(random.nextLong(1L << 50));
    record.countResponseBytes(random.nextLong(1L << 50));
    record.end(record.startNanos() + random.nextLong(1L << 50));
    return record;
  }

  private static int fill(SplittableRandom random, byte[] target) {
    random.nextBytes(target);
    return random.nextInt(target.length + 1);
  }

  static void method(DecisionRecord record, String text) {
    record.methodLength = text(text, record.method);
  }

  static void host(DecisionRecord record, String text) {
    record.hostLength = text(text, record.host);
  }

  static void path(DecisionRecord record, String text) {
    record.pathFullLength = text.length();
    record.pathLength = text(text, record.path);
  }

  static void foreignId(DecisionRecord record, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    record.foreignId(bytes, 0, bytes.length);
  }

  private static int text(String text, byte[] target) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int length = Math.min(bytes.length, target.length);
    System.arraycopy(bytes, 0, target, 0, length);
    return length;
  }
}
