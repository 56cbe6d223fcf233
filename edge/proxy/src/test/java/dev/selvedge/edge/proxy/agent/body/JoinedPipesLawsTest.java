package dev.selvedge.edge.proxy.agent.body;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.proxy.loop.Bounds;
import dev.selvedge.edge.proxy.rig.Pattern;
import dev.selvedge.kernel.Failure;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents one after the other, each with a pipe of its own behind that of the one before, which is
 * opened when that one has decided: whatever the order of things, the body comes to its end, the
 * right bytes come out, and nothing is left.
 */
class JoinedPipesLawsTest {

  private static final long SEED = Long.getLong("selvedge.seed", 20_261_129L);
  private static final int RUNS = Boolean.getBoolean("selvedge.soak") ? 20_000 : 400;
  private static final int STEPS_MAX = 400_000;
  private static final int[] LENGTHS = {0, 1, 50, 65_536, 65_537, 262_144, 262_145, 700_000};
  private static final int WINDOW = 256 * 1024;

  /** What a sender may keep to itself of what it was granted. */
  private static final int SPARED = WINDOW - 64 * 1024;

  @TempDir Path folder;

  @Test
  void bringsTheBodyToItsEndThroughPipesBehindEachOther() throws IOException {
    for (int i = 0; i < RUNS; i++) {
      Run run = new Run(SEED + i, new Disk(folder, 64L << 20));
      try {
        run.toTheEnd();
        run.check();
        run.cancel();
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError("seed " + (SEED + i) + ": " + run, failed);
      }
    }
  }

  /** One body, its sender and its receiver. */
  private static final class Run {
    final SplittableRandom random;
    final Disk disk;
    final Bounds buffered = new Bounds(1 << 30);
    final List<Link> links = new ArrayList<>();
    final int pipes;
    final boolean holds;
    final byte[] body;
    final ByteArrayOutputStream delivered = new ByteArrayOutputStream();
    final int spared;
    final int first;
    long granted;
    int sent;
    boolean sourceEnded;
    boolean ended;
    boolean released;
    long credit;

    Run(long seed, Disk disk) {
      this.random = new SplittableRandom(seed);
      this.disk = disk;
      this.pipes = 2 + random.nextInt(2);
      this.holds = random.nextInt(4) != 0;
      this.body = Pattern.of(seed, LENGTHS[random.nextInt(LENGTHS.length)]);
      this.first = random.nextBoolean() ? WINDOW : 0;
      this.spared = first > 0 && random.nextBoolean() ? SPARED : 0;
      this.granted = first;
      open();
    }

    /** As the agents of a route are given their pipes: the last may pass what it gets. */
    void open() {
      Link before = links.isEmpty() ? null : links.getLast();
      boolean hold = links.size() + 1 < pipes || holds;
      Link link = new Link(this, before, hold);
      links.add(link);
      if (before != null) {
        before.next = link;
        before.pipe.joins(link.pipe);
      }
      link.pipe.start();
      if (before != null) {
        before.pipe.release();
      }
      released = !hold;
    }

    void toTheEnd() {
      for (int steps = 0; !ended; steps++) {
        if (steps > STEPS_MAX) {
          throw new AssertionError("the body never comes to its end");
        }
        step();
      }
    }

    private void step() {
      switch (random.nextInt(7)) {
        case 0, 1 -> source();
        case 2 -> receive();
        case 3 -> disk.threads.runOne();
        case 4 -> disk.loop.runOne();
        case 5 -> links.get(random.nextInt(links.size())).agent().step();
        default -> decide();
      }
    }

    /** Says nothing where it has nothing to say: each word would move the pipe. */
    private void source() {
      int may = (int) Math.min(granted - spared - sent, body.length - sent);
      if (may > 0) {
        int count = random.nextBoolean() ? may : 1 + random.nextInt(may);
        ByteBuf chunk = disk.alloc.directBuffer(count).writeBytes(body, sent, count);
        sent += count;
        links.getFirst().pipe.chunk(chunk);
      }
      boolean ends = sent == body.length && !sourceEnded;
      if (ends) {
        sourceEnded = true;
        links.getFirst().pipe.end(null);
      }
      if (may > 0 || ends) {
        links.getFirst().pipe.flush();
      }
    }

    private void receive() {
      if (links.size() == pipes && credit < WINDOW) {
        int more = 1 + random.nextInt(60_000);
        credit += more;
        links.getLast().pipe.credit(more);
      }
    }

    private void decide() {
      boolean all = links.stream().flatMap(link -> link.agents.stream()).allMatch(Run::isDone);
      if (all && links.size() < pipes) {
        open();
      } else if (all && !released) {
        released = true;
        for (int i = links.size() - 1; i >= 0; i--) {
          links.get(i).pipe.release();
        }
      }
    }

    private static boolean isDone(FakeAgent agent) {
      return agent.decided || agent.left > 0;
    }

    void check() {
      byte[] at = body;
      for (Link link : links) {
        for (FakeAgent agent : link.agents) {
          byte[] seen = agent.received.toByteArray();
          assertThat(seen).isEqualTo(Arrays.copyOf(at, seen.length));
          if (agent.replaces) {
            byte[] rest = Arrays.copyOfRange(at, agent.answered, at.length);
            byte[] made = agent.made.toByteArray();
            at = Arrays.copyOf(made, made.length + rest.length);
            System.arraycopy(rest, 0, at, made.length, rest.length);
          }
        }
      }
      assertThat(delivered.toByteArray()).isEqualTo(at);
    }

    void cancel() throws IOException {
      links.forEach(link -> link.pipe.cancel());
      disk.settle();
      assertThat(buffered.count()).isZero();
      assertThat(disk.memory()).isZero();
      assertThat(disk.open()).isZero();
      assertThat(disk.files.bytes().count()).isZero();
    }

    @Override
    public String toString() {
      StringBuilder text = new StringBuilder();
      text.append(sent).append(" sent of ").append(granted).append(" granted of ");
      text.append(body.length).append(", spared ").append(spared).append(", out ");
      text.append(delivered.size()).append(", pipes ").append(links.size()).append('/');
      text.append(pipes).append(", released ").append(released);
      links.forEach(link -> text.append('\n').append(link.agents));
      return text.toString();
    }
  }

  /** One pipe with its agents; where it ends, the next begins. */
  private static final class Link implements Sink {
    final Run run;
    final @Nullable Link before;
    final List<FakeAgent> agents = new ArrayList<>();
    final BodyPipe pipe;
    @Nullable Link next;

    Link(Run run, @Nullable Link before, boolean hold) {
      this.run = run;
      this.before = before;
      BodyPipe.Means means =
          new BodyPipe.Means(run.disk.alloc, run.buffered, WINDOW, run.disk.files, run.disk.loop);
      this.pipe = new BodyPipe(this, means, hold, before == null ? run.first : 0);
      boolean replaces = run.random.nextInt(3) == 0;
      FakeAgent agent =
          new FakeAgent(run.random.nextLong(), replaces, 65_536 + run.random.nextInt(200_000));
      agent.decidesAfter = run.random.nextInt(4) == 0 ? run.random.nextInt(300_000) : 1 << 30;
      agent.place =
          replaces ? pipe.replace(agent, Long.MAX_VALUE) : pipe.inspect(agent, Long.MAX_VALUE);
      agents.add(agent);
    }

    FakeAgent agent() {
      return agents.get(run.random.nextInt(agents.size()));
    }

    @Override
    public void grant(int bytes) {
      if (before == null) {
        run.granted += bytes;
      } else {
        before.pipe.credit(bytes);
      }
    }

    @Override
    public void chunk(ByteBuf chunk) {
      Link behind = next;
      if (behind != null) {
        behind.pipe.chunk(chunk);
        return;
      }
      assertThat(run.released).isTrue();
      int count = chunk.readableBytes();
      run.credit -= count;
      assertThat(run.credit).isNotNegative();
      byte[] bytes = new byte[count];
      chunk.readBytes(bytes).release();
      run.delivered.writeBytes(bytes);
    }

    @Override
    public void end(@Nullable HttpHead trailers) {
      Link behind = next;
      if (behind != null) {
        behind.pipe.end(trailers);
      } else {
        run.ended = true;
      }
    }

    @Override
    public void flush() {
      Link behind = next;
      if (behind != null) {
        behind.pipe.flush();
      }
    }

    @Override
    public void failed(Failure why) {
      throw new AssertionError(why.toString());
    }
  }
}
