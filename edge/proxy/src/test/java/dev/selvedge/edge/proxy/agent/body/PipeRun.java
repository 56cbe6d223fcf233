package dev.selvedge.edge.proxy.agent.body;

import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One body through a pipe with agents of all kinds, in an order of events that follows a seed. */
final class PipeRun implements Sink {

  static final int WINDOW = 64 * 1024;

  /** What a sender may have to itself besides, and not send before it is granted more. */
  private static final int SPARE = 192 * 1024;

  private static final int LARGE_READ = 16 * 1024;

  final SplittableRandom random;
  final byte[] body;
  final Disk disk;
  final Bounds buffered = new Bounds(1 << 30);
  final BodyPipe pipe;
  final List<FakeAgent> inspectors = new ArrayList<>();
  final List<FakeAgent> replacers = new ArrayList<>();
  final ByteArrayOutputStream delivered = new ByteArrayOutputStream();
  final HttpHead trailers = new HttpHead();
  final boolean hold;
  final int window;
  @Nullable Failure failure;
  boolean ended;
  boolean released;
  boolean sourceEnded;
  long mostBuffered;
  private int sent;
  private long granted;
  private long sinkCredit;
  private int largestPiece;
  private int spared;

  /** Bytes after which the sender's memory becomes short: from then on it spares. */
  private final int shortFrom;

  private final boolean largeReads;
  private final boolean hasty;

  PipeRun(long seed, byte[] body, Disk disk, boolean hold) {
    this.random = new SplittableRandom(seed);
    this.body = body;
    this.disk = disk;
    this.hold = hold;
    this.released = !hold;
    this.largestPiece = random.nextInt(3) == 0 ? 50 : WINDOW;
    boolean unasked = random.nextBoolean();
    this.window = unasked ? WINDOW + SPARE : WINDOW;
    this.granted = unasked ? window : 0;
    this.spared = unasked && random.nextBoolean() ? SPARE : 0;
    this.shortFrom = unasked && spared == 0 ? random.nextInt(2 * window) : Integer.MAX_VALUE;
    this.hasty = random.nextInt(3) == 0;
    this.largeReads = spared > 0 && random.nextBoolean();
    BodyPipe.Means means = new BodyPipe.Means(disk.alloc, buffered, window, disk.files, disk.loop);
    this.pipe = new BodyPipe(this, means, hold, (int) granted);
  }

  FakeAgent inspector(long limit) {
    FakeAgent agent = new FakeAgent(random.nextLong(), false, 65_536 + random.nextInt(200_000));
    agent.place = pipe.inspect(agent, limit);
    inspectors.add(agent);
    return agent;
  }

  FakeAgent replacer(long limit) {
    FakeAgent agent = new FakeAgent(random.nextLong(), true, 65_536 + random.nextInt(200_000));
    agent.place = pipe.replace(agent, limit);
    replacers.add(agent);
    return agent;
  }

  List<FakeAgent> agents() {
    List<FakeAgent> all = new ArrayList<>(inspectors);
    all.addAll(replacers);
    return all;
  }

  // ---- both ends

  @Override
  public void grant(int bytes) {
    check(bytes > 0 && !sourceEnded, "a grant that grants nothing");
    granted += bytes;
    check(granted - sent <= window, "granted beyond the window");
  }

  @Override
  public void chunk(ByteBuf chunk) {
    int count = chunk.readableBytes();
    check(released, "a byte before the release");
    check(!ended && count > 0 && count <= sinkCredit, "a chunk out of turn, or without credit");
    sinkCredit -= count;
    byte[] bytes = new byte[count];
    chunk.readBytes(bytes);
    chunk.release();
    delivered.writeBytes(bytes);
    if (random.nextInt(20) == 0) {
      credit();
    }
  }

  @Override
  public void end(@Nullable HttpHead section) {
    check(released && !ended, "an end out of turn");
    check(trailers == section, "the trailers that were sent");
    ended = true;
  }

  @Override
  public void flush() {
    if (random.nextInt(5) == 0 && !ended) {
      credit();
    }
  }

  @Override
  public void failed(Failure why) {
    failure = why;
  }

  // ---- steps

  /** One random event. */
  void step() {
    switch (random.nextInt(8)) {
      case 0, 1 -> source();
      case 2 -> credit();
      case 3 -> disk.threads.runOne();
      case 4 -> disk.loop.runOne();
      case 5, 6 -> agent();
      case 7 -> release();
      default -> throw new AssertionError();
    }
    mostBuffered = Math.max(mostBuffered, buffered.count());
    for (FakeAgent agent : inspectors) {
      Inspector place = (Inspector) agent.place;
      check(place == null || place.buffered() <= window, "an inspector keeps more than a window");
    }
  }

  private void source() {
    spared = sent >= shortFrom ? SPARE : spared;
    int parts = 1 + random.nextInt(5);
    for (int i = 0; i < parts && failure == null && mayBeSent() > 0; i++) {
      int most = Math.min(largestPiece, mayBeSent());
      int count = largeReads ? mayBeSent() : 1 + random.nextInt(most);
      byte[] bytes = Arrays.copyOfRange(body, sent, sent + count);
      sent += count;
      pipe.chunk(disk.alloc.directBuffer(count).writeBytes(bytes));
    }
    if (sent == body.length && !sourceEnded && failure == null) {
      sourceEnded = true;
      pipe.end(trailers);
    }
    pipe.flush();
  }

  /** A file is not read for a few bytes, unless they are its last. */
  private int mayBeSent() {
    int rest = body.length - sent;
    int most = (int) Math.min(granted - spared - sent, rest);
    return most >= LARGE_READ || most == rest || !largeReads ? most : 0;
  }

  /** Nobody takes from a body that is held, so nothing but its own steps can move it. */
  private void credit() {
    if (released && sinkCredit < window) {
      int more = 1 + random.nextInt(40_000);
      sinkCredit += more;
      pipe.credit(more);
    }
  }

  private void agent() {
    List<FakeAgent> all = agents();
    if (!all.isEmpty()) {
      all.get(random.nextInt(all.size())).step();
    }
  }

  /** Holding ends when all agents have decided; sometimes before, as an owner may want. */
  private void release() {
    boolean all = agents().stream().allMatch(agent -> agent.decided || agent.left > 0);
    if (!released && (all && random.nextInt(4) == 0 || hasty && random.nextInt(400) == 0)) {
      released = true;
      pipe.release();
    }
  }

  void run() {
    pipe.start();
    for (long steps = 0; !ended && failure == null; steps++) {
      check(steps < 1_000_000, "the body never comes to its end: " + this);
      step();
      clocks();
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(sent).append(" sent of ").append(granted).append(" granted of ");
    text.append(body.length).append(", out ").append(delivered.size());
    text.append(", sink ").append(sinkCredit).append(", released ").append(released);
    for (FakeAgent agent : agents()) {
      text.append("\n").append(agent);
    }
    return text.toString();
  }

  private void clocks() {
    for (FakeAgent agent : agents()) {
      check(!agent.mustBeTimed() || agent.clock, "a wait that is not timed");
      check(!agent.mustNotBeTimed() || !agent.clock, "a clock that runs for nobody");
    }
  }

  // ---- what must have come out

  /** The body after all replacers, as each of them answered. */
  byte[] expected() {
    byte[] at = body;
    for (FakeAgent agent : replacers) {
      byte[] input = agent.received.toByteArray();
      check(Arrays.equals(input, Arrays.copyOf(at, input.length)), "the output of the one before");
      byte[] rest = Arrays.copyOfRange(at, agent.answered, at.length);
      byte[] made = agent.made.toByteArray();
      byte[] next = Arrays.copyOf(made, made.length + rest.length);
      System.arraycopy(rest, 0, next, made.length, rest.length);
      at = next;
    }
    return at;
  }

  static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
