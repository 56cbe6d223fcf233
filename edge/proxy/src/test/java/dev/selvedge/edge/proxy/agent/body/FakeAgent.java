package dev.selvedge.edge.proxy.agent.body;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * An agent that takes, answers, stalls and decides by a seed, and writes down what it must have
 * made of the body. Fails a test that sends without credit, out of turn, or after it left.
 */
final class FakeAgent implements AgentBody {

  /** What is sent and not yet answered, as a replacer sees it. */
  private record Chunk(byte[] bytes, boolean end) {}

  static final int OWN_CREDIT = 256 * 1024;

  final SplittableRandom random;
  final ByteArrayOutputStream received = new ByteArrayOutputStream();
  final ByteArrayOutputStream made = new ByteArrayOutputStream();
  private final ArrayDeque<Chunk> open = new ArrayDeque<>();
  final boolean replaces;
  @Nullable Subscriber place;
  int credit;
  int ownCredit = OWN_CREDIT;
  int decidesAfter = Integer.MAX_VALUE;
  boolean wantsCredit;
  boolean endSeen;
  boolean decided;
  boolean clock;
  int overLimit;
  int left;

  /** Bytes answered of those received, the rest being passed on as they came. */
  int answered;

  private byte @Nullable [] half;

  FakeAgent(long seed, boolean replaces, int credit) {
    this.random = new SplittableRandom(seed);
    this.replaces = replaces;
    this.credit = credit;
  }

  // ---- what it is sent

  @Override
  public int creditNow() {
    int now = Math.min(credit, 65_536);
    wantsCredit |= now == 0;
    return now;
  }

  @Override
  public void send(ByteBuf chunk, boolean end) {
    check(!endSeen && left == 0 && !decided, "sent to an agent that is done");
    int count = chunk.readableBytes();
    check(count > 0 || end, "an empty chunk that ends nothing");
    check(count <= credit, "more than its credit");
    byte[] bytes = new byte[count];
    chunk.readBytes(bytes);
    check(chunk.release() || chunk.refCnt() > 0 || count == 0, "released twice");
    credit -= count;
    received.writeBytes(bytes);
    endSeen = end;
    if (replaces) {
      open.add(new Chunk(bytes, end));
    }
  }

  @Override
  public void consumed(int bytes) {
    ownCredit += bytes;
    check(ownCredit <= OWN_CREDIT, "more given back than was used");
  }

  @Override
  public void clock(boolean running) {
    clock = running;
  }

  @Override
  public void overLimit() {
    overLimit++;
  }

  @Override
  public void left() {
    check(overLimit == 1 && open.isEmpty() && half == null, "left with chunks unanswered");
    left++;
  }

  // ---- what it does

  /** One step of work, if there is any. */
  void step() {
    Subscriber at = place();
    if (decided || left > 0) {
      return;
    }
    if (credit < 65_536 && random.nextInt(3) == 0) {
      credit += 1 + random.nextInt(150_000);
      if (wantsCredit) {
        wantsCredit = false;
        at.credit();
      }
    } else if (replaces && !open.isEmpty()) {
      answer((Replacer) at);
    } else if (endSeen || received.size() >= decidesAfter) {
      decide();
    }
  }

  Subscriber place() {
    Subscriber at = place;
    if (at == null) {
      throw new AssertionError("not subscribed");
    }
    return at;
  }

  /** Its decision, or its failure: the machine must do without it from here on. */
  void decide() {
    if (half == null) {
      decided = true;
      check(place().finish(), "a body that could go on");
    }
  }

  private void answer(Replacer at) {
    check(at.owed(), "an answer is owed");
    byte[] pieces = half;
    if (pieces != null) {
      piece(at, pieces);
      return;
    }
    Chunk oldest = open.element();
    switch (random.nextInt(4)) {
      case 0 -> {
        open.remove();
        answered += oldest.bytes().length;
        at.dropped();
      }
      case 1, 2 -> {
        open.remove();
        answered += oldest.bytes().length;
        made.writeBytes(oldest.bytes());
        at.passed();
      }
      case 3 -> piece(at, replacement(oldest.bytes()));
      default -> throw new AssertionError();
    }
  }

  private byte[] replacement(byte[] bytes) {
    byte[] changed = Arrays.copyOf(bytes, random.nextInt(2 * bytes.length + 50));
    for (int i = 0; i < changed.length; i++) {
      changed[i] ^= (byte) 0x5A;
    }
    return changed;
  }

  /** Sends a piece of a replacement, as far as its credit reaches; the rest later. */
  private void piece(Replacer at, byte[] rest) {
    int most = Math.min(Math.min(rest.length, 65_536), ownCredit);
    int count = most == 0 ? 0 : random.nextInt(3) == 0 ? 1 + random.nextInt(most) : most;
    if (count == 0 && rest.length > 0) {
      half = rest;
      return;
    }
    ownCredit -= count;
    boolean more = count < rest.length;
    half = more ? Arrays.copyOfRange(rest, count, rest.length) : null;
    made.write(rest, 0, count);
    if (!more) {
      answered += open.remove().bytes().length;
    }
    at.replaced(Arrays.copyOf(rest, count), more);
  }

  /** Whether a piece of a chunk was sent and the rest was not. */
  boolean half() {
    return half != null;
  }

  /** Whether nothing but this agent keeps the body from going on. */
  boolean mustBeTimed() {
    boolean owes = replaces && !open.isEmpty() && ownCredit >= OWN_CREDIT - 1024;
    return !decided && left == 0 && (owes || endSeen && open.isEmpty());
  }

  /** Whether the agent has nothing to do. */
  boolean mustNotBeTimed() {
    return decided || left > 0 || open.isEmpty() && !endSeen && !wantsCredit;
  }

  @Override
  public String toString() {
    return ("replaces %s, received %d, answered %d, made %d, credit %d, own %d, open %d,"
            + " half %s, end %s")
        .formatted(
            replaces,
            received.size(),
            answered,
            made.size(),
            credit,
            ownCredit,
            open.size(),
            half(),
            endSeen);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
