package dev.selvedge.edge.proxy.agent.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.edge.proxy.rig.Leaks;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens at the edges of a body's way, one at a time. */
class BodyPipeTest {

  @TempDir Path folder;
  private Disk disk;
  private final Bounds buffered = new Bounds(1 << 30);
  private final End end = new End();

  @BeforeEach
  void open() throws IOException {
    disk = new Disk(folder, 1 << 20);
  }

  /** The receiver, which gets all it is given. */
  private static class End implements Sink {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final List<Integer> grants = new ArrayList<>();
    boolean ended;

    @Override
    public void grant(int count) {
      grants.add(count);
    }

    @Override
    public void chunk(ByteBuf chunk) {
      byte[] copy = new byte[chunk.readableBytes()];
      chunk.readBytes(copy);
      chunk.release();
      bytes.writeBytes(copy);
    }

    @Override
    public void end(@Nullable HttpHead trailers) {
      ended = true;
    }

    @Override
    public void flush() {}

    @Override
    public void failed(Failure why) {
      throw new AssertionError(why);
    }

    String text() {
      return bytes.toString(StandardCharsets.US_ASCII);
    }
  }

  /** An agent that writes down what it is told. */
  private static class Noted implements AgentBody {
    final ArrayDeque<String> events = new ArrayDeque<>();
    int credit = 65_536;

    @Override
    public int creditNow() {
      return credit;
    }

    @Override
    public void send(ByteBuf chunk, boolean end) {
      credit -= chunk.readableBytes();
      events.add(chunk.toString(StandardCharsets.US_ASCII) + (end ? "$" : ""));
      chunk.release();
    }

    @Override
    public void consumed(int bytes) {
      events.add("consumed " + bytes);
    }

    @Override
    public void clock(boolean running) {
      events.add(running ? "waits" : "rests");
    }

    @Override
    public void overLimit() {
      events.add("over");
    }

    @Override
    public void left() {
      events.add("left");
    }
  }

  private BodyPipe pipe(Sink sink, boolean hold) {
    return new BodyPipe(
        sink,
        new BodyPipe.Means(disk.alloc, buffered, 65_536, disk.files, disk.loop),
        hold,
        65_536);
  }

  private void send(BodyPipe pipe, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    pipe.chunk(disk.alloc.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes));
    pipe.flush();
  }

  private static void end(BodyPipe pipe) {
    pipe.end(null);
    pipe.flush();
  }

  private void assertNothingLeft(BodyPipe pipe) {
    pipe.cancel();
    disk.settle();
    assertThat(buffered.count()).isZero();
    assertThat(disk.memory()).isZero();
  }

  @Test
  void showsAnInspectorTheBodyUpToItsLimitAndNoChunkBeyond() {
    Noted exact = new Noted();
    Noted shorter = new Noted();
    BodyPipe pipe = pipe(end, false);
    Inspector all = pipe.inspect(exact, 6);
    pipe.inspect(shorter, 5);
    pipe.start();
    pipe.credit(1000);
    send(pipe, "abc");
    send(pipe, "def");
    end(pipe);
    assertThat(exact.events).containsExactly("abc", "def", "$", "waits");
    assertThat(shorter.events).containsExactly("abc", "over", "left");
    assertThat(end.text()).isEqualTo("abcdef");
    assertThat(end.ended).isFalse();
    assertThat(all.finish()).isTrue();
    assertThat(end.ended).isTrue();
    assertThat(exact.events).endsWith("rests");
    assertNothingLeft(pipe);
  }

  @Test
  void passesOnWhatAReplacerDoesNotInspect() {
    Noted agent = new Noted();
    BodyPipe pipe = pipe(end, false);
    Replacer replacer = pipe.replace(agent, 5);
    pipe.start();
    pipe.credit(1000);
    send(pipe, "abcdefgh");
    end(pipe);
    assertThat(agent.events).containsExactly("over", "abcde", "waits");
    assertThat(end.text()).isEmpty();
    replacer.replaced("ABCDE".getBytes(StandardCharsets.US_ASCII), false);
    assertThat(end.text()).isEqualTo("ABCDEfgh");
    assertThat(end.ended).isTrue();
    assertThat(agent.events).contains("left", "consumed 5");
    assertThat(replacer.active()).isFalse();
    assertNothingLeft(pipe);
  }

  @Test
  void mayBeCancelledByWhoHearsOfTheLimit() {
    for (boolean replaces : new boolean[] {false, true}) {
      BodyPipe[] pipe = {pipe(end, true)};
      Noted agent =
          new Noted() {
            @Override
            public void overLimit() {
              pipe[0].cancel();
            }
          };
      if (replaces) {
        pipe[0].replace(agent, 2);
      } else {
        pipe[0].inspect(agent, 2);
      }
      pipe[0].start();
      send(pipe[0], "abc");
      assertThat(end.text()).isEmpty();
      assertNothingLeft(pipe[0]);
    }
  }

  @Test
  void cannotGoOnWithoutAReplacerThatReplacedHalfAChunk() {
    Noted agent = new Noted();
    BodyPipe pipe = pipe(end, false);
    Replacer replacer = pipe.replace(agent, 1000);
    pipe.start();
    pipe.credit(1000);
    send(pipe, "abc");
    assertThat(replacer.owed()).isTrue();
    replacer.replaced("12".getBytes(StandardCharsets.US_ASCII), true);
    assertThat(replacer.finish()).isFalse();
    replacer.replaced("34".getBytes(StandardCharsets.US_ASCII), false);
    assertThat(replacer.finish()).isTrue();
    assertThat(replacer.owed()).isFalse();
    send(pipe, "def");
    assertThat(end.text()).isEqualTo("1234def");
    assertNothingLeft(pipe);
  }

  /** Else an agent could answer one chunk byte by byte for ever, and never be late. */
  @Test
  void beginsTheWaitAnewForWorkAndNotForCrumbs() {
    Noted agent = new Noted();
    BodyPipe pipe = pipe(end, false);
    Replacer replacer = pipe.replace(agent, 1 << 20);
    pipe.start();
    pipe.credit(1 << 20);
    send(pipe, "abc");
    agent.events.clear();
    for (int i = 0; i < 100; i++) {
      replacer.replaced(new byte[1], true);
    }
    assertThat(agent.events).doesNotContain("waits");
    replacer.replaced(new byte[32 * 1024], true);
    assertThat(agent.events).containsOnlyOnce("waits");
    pipe.cancel();
  }

  /** What the agent made did not go on: it gets no more, and nobody is late for that. */
  @Test
  void sendsAnAgentNoMoreThanItCanAnswerWhileNobodyTakes() {
    int window = 1 << 20;
    Noted agent = new Noted();
    agent.credit = window;
    BodyPipe pipe =
        new BodyPipe(
            end,
            new BodyPipe.Means(disk.alloc, buffered, window, disk.files, disk.loop),
            false,
            window);
    Replacer replacer = pipe.replace(agent, window);
    pipe.start();
    pipe.chunk(disk.alloc.directBuffer(window).writeZero(window));
    pipe.flush();
    int asked = 0;
    for (; replacer.owed(); asked++) {
      replacer.replaced(new byte[64 * 1024], false);
    }
    assertThat(window - agent.credit).isEqualTo(192 * 1024);
    assertThat(agent.events.getLast()).isEqualTo("rests");
    pipe.credit(window);
    assertThat(replacer.owed()).isTrue();
    for (; replacer.owed(); asked++) {
      replacer.replaced(new byte[64 * 1024], false);
    }
    assertThat(agent.credit).isZero();
    assertThat(asked).isGreaterThan(2);
    pipe.cancel();
    assertNothingLeft(pipe);
  }

  /** The clock rests while the client is silent and while nobody downstream takes bytes. */
  @Test
  void timesOnlyWhatIsWaitedFor() {
    Noted agent = new Noted();
    BodyPipe pipe = pipe(end, false);
    Replacer replacer = pipe.replace(agent, 1 << 20);
    pipe.start();
    assertThat(agent.events).isEmpty();
    send(pipe, "abc");
    assertThat(agent.events).containsExactly("abc", "waits");
    replacer.passed();
    assertThat(agent.events).endsWith("rests");
    send(pipe, "def");
    send(pipe, "ghi");
    agent.events.clear();
    replacer.replaced(new byte[70_000], true);
    assertThat(agent.events).as("its own bytes are not taken").containsExactly("rests");
    replacer.replaced(new byte[100], false);
    agent.events.clear();
    pipe.credit(100_000);
    assertThat(agent.events).containsExactly("consumed 70000", "consumed 100", "waits");
    replacer.dropped();
    agent.events.clear();
    end(pipe);
    assertThat(agent.events).containsExactly("$", "waits");
    replacer.passed();
    assertThat(agent.events).as("for its decision").endsWith("waits");
    assertThat(end.ended).isFalse();
    assertThat(replacer.finish()).isTrue();
    assertThat(end.ended).isTrue();
    assertNothingLeft(pipe);
  }

  @Test
  void waitsForAnAgentWithoutCreditAndBeginsAnewWhenItTakesSome() {
    Noted agent = new Noted();
    agent.credit = 3;
    BodyPipe pipe = pipe(end, false);
    Inspector inspector = pipe.inspect(agent, 1000);
    pipe.start();
    send(pipe, "abcdef");
    assertThat(agent.events).containsExactly("abc", "waits");
    agent.credit = 2;
    inspector.credit();
    assertThat(agent.events).containsExactly("abc", "waits", "de", "waits");
    agent.credit = 2;
    inspector.credit();
    assertThat(agent.events).endsWith("f", "rests");
    assertNothingLeft(pipe);
  }

  /** The file of a held body takes any number of bytes; an agent that stalls must not. */
  @Test
  void keepsAtMostAWindowForAnAgentWhileTheBodyIsHeld() {
    int window = 262_144;
    BodyPipe pipe =
        new BodyPipe(
            end,
            new BodyPipe.Means(disk.alloc, buffered, window, disk.files, disk.loop),
            true,
            window);
    Noted agent = new Noted();
    agent.credit = 0;
    Inspector stalled = pipe.inspect(agent, 1 << 30);
    pipe.start();
    int sent = 0;
    for (int granted = window; sent < granted; ) {
      int count = Math.min(16_384, granted - sent);
      pipe.chunk(disk.alloc.directBuffer(count).writeZero(count));
      pipe.flush();
      disk.settle();
      sent += count;
      granted = window + end.grants.stream().mapToInt(Integer::intValue).sum();
      assertThat(granted - sent).isLessThanOrEqualTo(window);
    }
    assertThat(stalled.buffered()).isEqualTo(window);
    assertNothingLeft(pipe);
  }

  /** A sender whose memory became short midway keeps all but 64 KiB of a window to itself. */
  @Test
  void grantsAHeldBodyUntilASenderThatKeepsMostOfItsWindowCanGoOn() {
    int window = 262_144;
    int kept = window - 65_536;
    for (int unasked = 16_384; unasked <= window; unasked += 4_096) {
      BodyPipe pipe =
          new BodyPipe(
              end,
              new BodyPipe.Means(disk.alloc, buffered, window, disk.files, disk.loop),
              true,
              window);
      Noted agent = new Noted();
      agent.credit = 1 << 30;
      pipe.inspect(agent, 1 << 30);
      pipe.start();
      end.grants.clear();
      pipe.chunk(disk.alloc.directBuffer(unasked).writeZero(unasked));
      pipe.flush();
      disk.settle();
      int granted = window + end.grants.stream().mapToInt(Integer::intValue).sum();
      assertThat(granted - unasked).as("after %s bytes", unasked).isGreaterThan(kept);
      assertNothingLeft(pipe);
    }
  }

  /** Agents that are asked only when others have decided see what those made of the body. */
  @Test
  void canBeJoined() {
    BodyPipe[] second = new BodyPipe[1];
    BodyPipe[] first = new BodyPipe[1];
    Sink joint =
        new End() {
          @Override
          public void chunk(ByteBuf chunk) {
            second[0].chunk(chunk);
          }

          @Override
          public void end(@Nullable HttpHead trailers) {
            second[0].end(trailers);
          }

          @Override
          public void flush() {
            second[0].flush();
          }
        };
    Sink last =
        new End() {
          @Override
          public void grant(int count) {
            first[0].credit(count);
          }

          @Override
          public void chunk(ByteBuf chunk) {
            end.chunk(chunk);
          }
        };
    first[0] = pipe(joint, true);
    BodyPipe.Means means = new BodyPipe.Means(disk.alloc, buffered, 100, disk.files, disk.loop);
    second[0] = new BodyPipe(last, means, true, 0);
    Noted agent = new Noted();
    Replacer replacer = second[0].replace(agent, 1000);
    first[0].start();
    send(first[0], "abc");
    end(first[0]);
    assertThat(agent.events).isEmpty();
    second[0].start();
    first[0].release();
    assertThat(agent.events).contains("abc$");
    replacer.replaced("xyz".getBytes(StandardCharsets.US_ASCII), false);
    assertThat(second[0].complete()).isTrue();
    assertThat(second[0].length()).isEqualTo(3);
    assertThat(replacer.finish()).isTrue();
    second[0].release();
    second[0].credit(1000);
    assertThat(end.text()).isEqualTo("xyz");
    first[0].cancel();
    assertNothingLeft(second[0]);
  }

  /** What was held fills memory and takes all credit; what comes behind it needs no other push. */
  @Test
  void goesOnOnceWhatWasHeldIsOut() {
    BodyPipe pipe = pipe(end, true);
    Replacer replacer = pipe.replace(new Noted(), 1 << 20);
    pipe.start();
    send(pipe, "a");
    replacer.replaced(new byte[HeldBody.MEMORY], true);
    replacer.replaced(new byte[1000], false);
    disk.settle();
    pipe.release();
    disk.settle();
    for (int i = 0; i < 2; i++) {
      pipe.credit(HeldBody.MEMORY / 2);
      disk.settle();
    }
    pipe.credit(HeldBody.MEMORY);
    assertThat(end.bytes.size()).isEqualTo(HeldBody.MEMORY + 1000);
    assertNothingLeft(pipe);
  }

  /** Bytes that come one by one reach agents as few chunks. */
  @Test
  void gathersCrumbs() {
    Noted agent = new Noted();
    BodyPipe pipe = pipe(end, false);
    pipe.inspect(agent, 1000);
    pipe.start();
    for (int i = 0; i < 100; i++) {
      pipe.chunk(disk.alloc.directBuffer(1).writeByte('x'));
    }
    pipe.flush();
    assertThat(agent.events).containsExactly("x".repeat(100));
    assertNothingLeft(pipe);
  }

  @Test
  void leaksNoBuffer() throws Exception {
    try (Leaks leaks = Leaks.watch()) {
      for (int i = 0; i < 20; i++) {
        PipeRun run = new PipeRun(i, new byte[200_000], disk, i % 2 == 0);
        run.inspector(Long.MAX_VALUE);
        run.replacer(100_000);
        run.pipe.start();
        for (int steps = run.random.nextInt(300); steps > 0 && !run.ended; steps--) {
          run.step();
        }
        run.pipe.cancel();
        disk.settle();
      }
      assertThat(leaks.found()).isEmpty();
    }
  }
}
