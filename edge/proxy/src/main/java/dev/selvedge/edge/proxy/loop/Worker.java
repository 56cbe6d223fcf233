package dev.selvedge.edge.proxy.loop;

import dev.selvedge.edge.proxy.record.Recorder;
import dev.selvedge.kernel.Clock;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.Metrics;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * One event loop and everything it owns: timers, pooled heads, counters, randomness, the date.
 *
 * <p>A client connection, the exchange on it and the upstream connection it uses all stay on one
 * worker. Confined to its event loop, except {@link #loop}, {@link #index} and {@link #execute}.
 */
public final class Worker {

  /** Heads kept for reuse; further ones are left to the collector. */
  private static final int POOLED_HEADS = 1024;

  private static final long WALL_EVERY_NANOS = 1_000_000_000L;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final int index;
  private final EventLoop loop;
  private final Clock clock;
  private final TimerWheel timers;
  private final Metrics.Shard metrics;
  private final Recorder recorder;
  private final SplittableRandom random;
  private final ArrayDeque<HttpHead> heads = new ArrayDeque<>();
  private final ByteBuffer probe = ByteBuffer.allocateDirect(1);
  private byte[] scratch = new byte[4096];
  private long sequence;
  private long now;
  private long wallReadAt;
  private long wallOffsetMillis;
  private long dateSecond = Long.MIN_VALUE;
  private byte[] date = new byte[0];

  public Worker(
      int index,
      EventLoop loop,
      Clock clock,
      Metrics.Shard metrics,
      Recorder recorder,
      SplittableRandom random) {
    this.index = index;
    this.loop = loop;
    this.clock = clock;
    this.metrics = metrics;
    this.recorder = recorder;
    this.random = random;
    this.timers = new TimerWheel(loop, clock);
    this.wallReadAt = clock.nanos() - 2 * WALL_EVERY_NANOS;
    readClock();
  }

  public int index() {
    return index;
  }

  public EventLoop loop() {
    return loop;
  }

  /** Runs a task on the loop, with the clock read. Thread-safe. */
  public void execute(Runnable task) {
    loop.execute(() -> {
      readClock();
      task.run();
    });
  }

  public Clock clock() {
    return clock;
  }

  /**
   * Reads the clock for this turn: what one event causes happens at one time. Called where an event
   * enters, because reading the clock at every step costs more than the steps.
   */
  public long readClock() {
    now = clock.nanos();
    if (now - wallReadAt > WALL_EVERY_NANOS) {
      wallReadAt = now;
      wallOffsetMillis = clock.epochMillis() - now / NANOS_PER_MILLI;
    }
    return now;
  }

  /** The wall clock of this turn, within a millisecond of the machine's; read anew every second. */
  public long epochMillis() {
    return now / NANOS_PER_MILLI + wallOffsetMillis;
  }

  /** The time of this turn, as {@link #readClock} last read it. */
  public long now() {
    return now;
  }

  public TimerWheel timers() {
    return timers;
  }

  public Metrics.Shard metrics() {
    return metrics;
  }

  public Recorder recorder() {
    return recorder;
  }

  public SplittableRandom random() {
    return random;
  }

  public ByteBufAllocator alloc() {
    return io.netty.buffer.PooledByteBufAllocator.DEFAULT;
  }

  /** One byte of direct memory that nobody reads. */
  public ByteBuffer probe() {
    return probe;
  }

  /** The number of the next exchange of this loop. */
  public long nextSequence() {
    return ++sequence;
  }

  /** An empty head; the taker gives it back. */
  public HttpHead takeHead() {
    HttpHead head = heads.pollLast();
    return head == null ? new HttpHead() : head;
  }

  /** Takes a head back; its bytes may be reused at once. */
  public void giveBack(HttpHead head) {
    head.clear();
    if (heads.size() < POOLED_HEADS) {
      heads.addLast(head);
    }
  }

  /** An array of at least that size, valid until the caller returns to the loop. */
  public byte[] scratch(int atLeast) {
    if (scratch.length < atLeast) {
      scratch = new byte[Math.max(atLeast, scratch.length * 2)];
    }
    return scratch;
  }

  /** The value of a Date field (RFC 9110, 5.6.7); made once a second. */
  public byte[] date() {
    long second = Math.floorDiv(epochMillis(), 1000);
    if (second != dateSecond) {
      dateSecond = second;
      String text = HTTP_DATE.format(Instant.ofEpochSecond(second));
      date = text.getBytes(StandardCharsets.US_ASCII);
    }
    return date;
  }
}
