package dev.selvedge.edge.protocol.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.selvedge.edge.protocol.Described;
import dev.selvedge.edge.protocol.Heads;
import dev.selvedge.edge.protocol.Messages;
import dev.selvedge.edge.protocol.Seeded;
import dev.selvedge.edge.protocol.ToAgent;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Our codec against protobuf's own, by the descriptor that protoc made of agent.proto: {@code
 * protoc -I src/main/proto --descriptor_set_out=src/test/resources/golden/agent.desc
 * selvedge/agent/v1/agent.proto}.
 */
class ProtoConformanceTest {

  private static final Pattern FIELD = Pattern.compile("([\\w.]+) (\\w+) = (\\d+);");

  private static FileDescriptor file;

  @BeforeAll
  static void load() throws Exception {
    try (InputStream in = ProtoConformanceTest.class.getResourceAsStream("/golden/agent.desc")) {
      FileDescriptorSet set = FileDescriptorSet.parseFrom(Objects.requireNonNull(in));
      file = FileDescriptor.buildFrom(set.getFile(0), new FileDescriptor[0]);
    }
  }

  @Test
  void theDescriptorIsThatOfTheSource() throws Exception {
    String source = Files.readString(Path.of("src/main/proto/selvedge/agent/v1/agent.proto"));
    List<String> inSource = new ArrayList<>();
    for (Matcher field = FIELD.matcher(source); field.find(); ) {
      inSource.add(field.group(2) + " = " + field.group(3));
    }
    List<String> inDescriptor = new ArrayList<>();
    for (Descriptor message : file.getMessageTypes()) {
      for (FieldDescriptor field : message.getFields()) {
        inDescriptor.add(field.getName() + " = " + field.getNumber());
      }
    }
    assertThat(inDescriptor).containsExactlyInAnyOrderElementsOf(inSource);
  }

  @Test
  void protobufReadsWhatWeWriteAndWeReadWhatItWrites() {
    Seeded.forSeeds(
        500,
        random -> {
          Messages messages = new Messages(random);
          byte[] control = ToAgentProto.control(random.nextInt(), 5, messages.control());
          sameToAgent(control);
          Heads.Request request = messages.request();
          sameToAgent(
              ToAgentProto.requestHeaders(9, 6, request.head(), request.target(), Heads.context()));
          sameToAgent(ToAgentProto.requestComplete(9, 4, messages.complete()));
          sameToAgent(ToAgentProto.body(9, 2, random.nextBoolean(), messages.bytes(3_000)));
          byte[] reply = ToProxyProto.write(random.nextInt(), 1, messages.reply());
          byte[] again = through("ToProxy", reply);
          assertThat(Described.of(ToProxyReader.read(again).message()))
              .isEqualTo(Described.of(ToProxyReader.read(reply).message()));
          assertThat(ToProxyReader.read(again).flags()).isEqualTo(1);
        });
  }

  private static void sameToAgent(byte[] bytes) throws Exception {
    byte[] again = through("ToAgent", bytes);
    Envelope<ToAgent> written = ToAgentReader.read(bytes);
    Envelope<ToAgent> read = ToAgentReader.read(again);
    assertThat(Described.of(read.message())).isEqualTo(Described.of(written.message()));
    assertThat(read.call()).isEqualTo(written.call());
    assertThat(read.flags()).isEqualTo(written.flags());
  }

  /** Parsed and written by protobuf, which must know every field. */
  private static byte[] through(String type, byte[] bytes) throws Exception {
    Descriptor descriptor = file.findMessageTypeByName(type);
    DynamicMessage message = DynamicMessage.parseFrom(descriptor, bytes);
    assertKnown(message);
    return message.toByteArray();
  }

  private static void assertKnown(Message message) {
    assertThat(message.getUnknownFields().asMap()).isEmpty();
    for (Object value : message.getAllFields().values()) {
      if (value instanceof Message inner) {
        assertKnown(inner);
      } else if (value instanceof List<?> list) {
        list.stream()
            .filter(Message.class::isInstance)
            .forEach(inner -> assertKnown((Message) inner));
      }
    }
  }
}
