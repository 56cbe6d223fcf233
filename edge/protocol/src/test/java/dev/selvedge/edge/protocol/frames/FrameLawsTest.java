package dev.selvedge.edge.protocol.frames;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.Described;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.Messages;
import dev.selvedge.edge.protocol.ProtocolViolation;
import dev.selvedge.edge.protocol.Seeded;
import dev.selvedge.edge.protocol.Violation;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameLawsTest {

  /** Writes one random message of either side and says what it should be read as. */
  private static String write(FrameOutput out, Random random, int call) {
    Messages messages = new Messages(random);
    Object message =
        switch (random.nextInt(4)) {
          case 0 -> {
            Heads.Request request = messages.request();
            EventFrames.requestHeaders(
                out, call, 0, request.head(), request.target(), Heads.context());
            yield request;
          }
          case 1 -> {
            var control = messages.control();
            ControlFrames.write(out, call, 0, control);
            yield control;
          }
          case 2 -> {
            var complete = messages.complete();
            EventFrames.requestComplete(out, call, 0, complete);
            yield complete;
          }
          default -> {
            var reply = messages.reply();
            ReplyFrames.write(out, call, 0, reply);
            yield reply;
          }
        };
    return message instanceof Heads.Request request ? sent(request) : Described.of(message);
  }

  private static String sent(Heads.Request request) {
    return "{\"is\":\"RequestHeaders\",\"context\":"
        + Described.of(Heads.context())
        + ",\"authority\":"
        + Described.of(request.target().host())
        + ",\"rawPath\":"
        + Described.of(
            request.head().text(request.target().rawPathStart(), request.target().rawPathLength()))
        + ",\"path\":"
        + Described.of(request.target().path())
        + ",\"query\":"
        + Described.of(request.target().hasQuery() ? request.target().query() : null)
        + ",\"head\":"
        + Described.of(request.head())
        + "}";
  }

  @Test
  void whatIsWrittenIsReadHoweverTheStreamIsCut() {
    Seeded.forSeeds(
        150,
        random -> {
          FrameOutput out = new FrameOutput();
          List<String> expected = new ArrayList<>();
          for (int call = 0; call < 20; call++) {
            expected.add(write(out, random, call));
          }
          FrameReading reading = new FrameReading();
          feed(reading, FrameReading.bytes(out), random);
          assertThat(reading.failure).isNull();
          assertThat(reading.frames.stream().map(read -> Described.of(read.message())))
              .containsExactlyElementsOf(expected);
        });
  }

  private static void feed(FrameReading reading, byte[] bytes, Random random) {
    EmbeddedChannel channel = new EmbeddedChannel(reading);
    int most = 1 + random.nextInt(3_000);
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(bytes.length - at, 1 + random.nextInt(most));
      channel.writeInbound(Unpooled.copiedBuffer(bytes, at, count));
      at += count;
    }
    channel.finishAndReleaseAll();
  }

  @Test
  void aPayloadThatEndsEarlyIsMalformedAndNothingElse() {
    Seeded.forSeeds(
        40,
        random -> {
          FrameOutput out = new FrameOutput();
          write(out, random, 1);
          byte[] whole = FrameReading.bytes(out);
          for (int cut = 10; cut < whole.length; cut++) {
            byte[] part = Arrays.copyOf(whole, cut);
            Unpooled.wrappedBuffer(part).setInt(0, cut - 10);
            FrameReading reading = new FrameReading();
            feed(reading, part, random);
            assertOnlyViolation(reading);
          }
        });
  }

  @Test
  void garbageNeverThrowsAnythingButAViolation() {
    Seeded.forSeeds(
        800,
        random -> {
          FrameOutput out = new FrameOutput();
          write(out, random, 1);
          byte[] bytes = FrameReading.bytes(out);
          for (int i = random.nextInt(6); i >= 0; i--) {
            bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt();
          }
          FrameReading reading = new FrameReading();
          feed(reading, bytes, random);
          assertOnlyViolation(reading);
        });
  }

  private static void assertOnlyViolation(FrameReading reading) {
    if (reading.failure != null) {
      assertThat(reading.failure).isInstanceOf(ProtocolViolation.class);
    }
  }

  @Test
  void refusesAFrameByItsLengthBeforeItsPayloadCame() {
    FrameReading reading = new FrameReading();
    byte[] header = {0, 4, 0, 1, (byte) 0x90, 0, 0, 0, 0, 1};
    feed(reading, header, new Random(1));
    assertThat(reading.failure)
        .isInstanceOfSatisfying(
            ProtocolViolation.class,
            violation -> assertThat(violation.violation()).isEqualTo(Violation.FRAME_TOO_LARGE));
  }

  @Test
  void aFrameTooLargeToBeSentLeavesNothingBehind() {
    FrameOutput out = new FrameOutput();
    dev.selvedge.kernel.HttpHead head = Heads.response(200);
    for (int i = 0; i < 9; i++) {
      head.addField("x-large", "v".repeat(Bounds.FRAME_BYTES_MAX / 8));
    }
    org.junit.jupiter.api.Assertions.assertThrows(
        IllegalArgumentException.class, () -> EventFrames.responseHeaders(out, 1, 0, head));
    assertThat(out.length()).isZero();
  }
}
