package dev.selvedge.edge.proxy.h1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.load.ConfigLoader;
import dev.selvedge.edge.config.load.Loaded;
import dev.selvedge.edge.proxy.exchange.HeadLimits;
import dev.selvedge.edge.proxy.field.FieldHygiene;
import dev.selvedge.edge.proxy.field.Peer;
import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.edge.proxy.record.Recorder;
import dev.selvedge.kernel.Clock;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.Metrics;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/** What holds of the codec for all bytes; shared by generated tests and the fuzzer. */
final class CodecLaws {

  private static final Peer STRANGER =
      new Peer(
          new byte[] {127, 0, 0, 1},
          "127.0.0.1".getBytes(StandardCharsets.US_ASCII),
          50_001,
          false,
          false,
          0);
  private static final HeadLimits WIDE = new HeadLimits(4096, 100, 256, 2048, 2048);

  private final Worker worker =
      new Worker(
          0,
          new EmbeddedChannel().eventLoop(),
          Clock.system(),
          new Metrics().shard(),
          Recorder.NONE,
          new SplittableRandom(1));
  private final FieldHygiene hygiene;

  CodecLaws() {
    String text =
        """
        listeners { listener "a" { address "127.0.0.1:0" } }
        routes { route "a" { echo } }
        """;
    hygiene =
        switch (ConfigLoader.parse(text, "laws.kdl", name -> null)) {
          case Loaded.Ok ok -> new FieldHygiene(ok.config().system());
          case Loaded.Refused refused -> throw new AssertionError(refused.problems().toString());
        };
  }

  /** All laws on one stream. */
  void check(byte[] bytes, int[] cuts, int step, boolean request) {
    List<String> whole = CodecRun.read(bytes, new int[0], Integer.MAX_VALUE, request);
    assertThat(CodecRun.read(bytes, cuts, step, request)).as("in pieces").isEqualTo(whole);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    List<String> plain = PlainParser.read(text, request);
    if (plain.getLast().startsWith("open") && !whole.getLast().startsWith("open")) {
      // Refused before its end: no longer text can be accepted.
      assertThat(whole.getLast()).isIn("refused", "broken");
      assertThat(whole.subList(0, whole.size() - 1)).isEqualTo(plain.subList(0, plain.size() - 1));
    } else {
      assertThat(whole).as("as the plain parser").isEqualTo(plain);
    }
    if (request) {
      forwardsExactlyOneRequest(bytes);
    }
  }

  /**
   * An accepted request that is written as the upstream receives it is read as one request with the
   * same meaning, and nothing is left behind it; writing it again changes nothing.
   */
  private void forwardsExactlyOneRequest(byte[] bytes) {
    HttpHead head = new HttpHead();
    Framing framing = new Framing();
    RequestTarget target = new RequestTarget();
    if (!accepted(Unpooled.wrappedBuffer(bytes), head, framing, target, CodecRun.LIMITS)) {
      return;
    }
    if (hygiene.clean(head, STRANGER) != null) {
      return;
    }
    byte[] once = written(head, target, framing.length());
    HttpHead read = new HttpHead();
    Framing framingRead = new Framing();
    RequestTarget targetRead = new RequestTarget();
    ByteBuf in = Unpooled.wrappedBuffer(once);
    assertThat(accepted(in, read, framingRead, targetRead, WIDE)).as("accepted again").isTrue();
    assertThat(in.readableBytes()).as("bytes behind the request").isZero();
    assertThat(read.method()).isEqualTo(head.method());
    assertThat(targetRead.path()).isEqualTo(target.path());
    assertThat(targetRead.hasQuery()).isEqualTo(target.hasQuery());
    assertThat(targetRead.query()).isEqualTo(target.query());
    assertThat(targetRead.host()).isEqualTo(target.host());
    assertThat(targetRead.port()).isEqualTo(target.port());
    assertThat(framingRead.length()).isEqualTo(framing.length());
    assertThat(hygiene.clean(read, STRANGER)).isNull();
    assertThat(written(read, targetRead, framingRead.length())).isEqualTo(once);
  }

  private static boolean accepted(
      ByteBuf in, HttpHead head, Framing framing, RequestTarget target, HeadLimits limits) {
    HeadReader reader = new HeadReader(true, limits);
    return reader.read(in, head) == HeadReader.Outcome.COMPLETE
        && framing.request(head, reader.version10()) == null
        && target.parse(head, false, false) == null;
  }

  private byte[] written(HttpHead head, RequestTarget target, long length) {
    ByteBuf out = HeadWriter.request(worker, head, target, length, null, false, 0);
    try {
      return ByteBufUtil.getBytes(out);
    } finally {
      out.release();
    }
  }
}
