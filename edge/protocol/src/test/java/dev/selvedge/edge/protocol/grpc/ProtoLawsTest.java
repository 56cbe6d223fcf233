package dev.selvedge.edge.protocol.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Described;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.Messages;
import dev.selvedge.edge.protocol.ProtocolViolation;
import dev.selvedge.edge.protocol.Seeded;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtoLawsTest {

  @Test
  void whatIsWrittenIsRead() {
    Seeded.forSeeds(
        2_000,
        random -> {
          Messages messages = new Messages(random);
          ToAgent.Control control = messages.control();
          int call = random.nextInt();
          Envelope<ToAgent> read = ToAgentReader.read(ToAgentProto.control(call, 3, control));
          assertThat(Described.of(read.message())).isEqualTo(Described.of(control));
          assertThat(read.call()).isEqualTo(call);
          assertThat(read.flags()).isEqualTo(3);
          ToProxy reply = messages.reply();
          Envelope<ToProxy> answer = ToProxyReader.read(ToProxyProto.write(call, 0, reply));
          assertThat(Described.of(answer.message())).isEqualTo(Described.of(reply));
        });
  }

  @Test
  void aHeadIsReadAsFromAFrame() {
    Seeded.forSeeds(
        500,
        random -> {
          Heads.Request request = new Messages(random).request();
          byte[] bytes =
              ToAgentProto.requestHeaders(7, 2, request.head(), request.target(), Heads.context());
          String read = Described.of(ToAgentReader.read(bytes).message());
          assertThat(read)
              .contains("\"head\":" + Described.of(request.head()))
              .contains("\"path\":" + Described.of(request.target().path()))
              .contains("\"context\":" + Described.of(Heads.context()));
        });
  }

  @Test
  void brokenBytesAreAViolationAndNothingElse() {
    Seeded.forSeeds(
        3_000,
        random -> {
          Messages messages = new Messages(random);
          reads(damaged(ToAgentProto.control(1, 0, messages.control()), random));
          reads(damaged(ToProxyProto.write(1, 0, messages.reply()), random));
          reads(messages.bytes(200));
        });
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    if (random.nextBoolean()) {
      return Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  private static void reads(byte[] bytes) {
    try {
      ToAgentReader.read(bytes);
    } catch (ProtocolViolation e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
    try {
      ToProxyReader.read(bytes);
    } catch (ProtocolViolation e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
