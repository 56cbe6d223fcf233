package dev.selvedge.edge.protocol.grpc;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.AgentEvent.ResponseHeaders;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ReceivedContext;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.Violation;
import dev.selvedge.kernel.HttpHead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code ToAgent} messages of agent.proto, as strictly as a frame. Throws nothing but
 * {@code ProtocolViolation}. Stateless.
 */
final class ToAgentReader {

  private static final byte[] NO_BYTES = {};
  private static final ConfigNode.Kind[] KINDS = ConfigNode.Kind.values();

  private ToAgentReader() {}

  static Envelope<ToAgent> read(byte[] bytes) {
    return Envelope.read(
        bytes, ToAgentProto.HELLO, ToAgentProto.REQUEST_COMPLETE, ToAgentReader::message);
  }

  private static @Nullable ToAgent message(int field, ProtoInput in) {
    return switch (field) {
      case ToAgentProto.HELLO -> hello(in);
      case ToAgentProto.CONFIGURE -> configure(in);
      case ToAgentProto.HEALTH -> new ToAgent.Health(onlyNumber(in));
      case ToAgentProto.DRAIN -> new ToAgent.Drain();
      case ToAgentProto.CANCEL -> new ToAgent.Cancel();
      case ToAgentProto.CREDIT -> new ToAgent.ProxyCredit(onlyCount(in));
      case ToAgentProto.REQUEST_HEADERS -> requestHeaders(in);
      case ToAgentProto.REQUEST_BODY -> new AgentEvent.RequestBody(chunk(in));
      case ToAgentProto.RESPONSE_HEADERS -> responseHeaders(in);
      case ToAgentProto.RESPONSE_BODY -> new AgentEvent.ResponseBody(chunk(in));
      case ToAgentProto.REQUEST_COMPLETE -> requestComplete(in);
      default -> null;
    };
  }

  static long onlyNumber(ProtoInput in) {
    long value = 0;
    for (int field; (field = in.field()) != 0; ) {
      if (field == 1) {
        value = in.long64();
      } else {
        in.skip();
      }
    }
    return value;
  }

  static int onlyCount(ProtoInput in) {
    long value = onlyNumber(in);
    if (value < 0 || value > Integer.MAX_VALUE) {
      throw Violation.MALFORMED.because("a number above 2^31");
    }
    return (int) value;
  }

  private static byte[] chunk(ProtoInput in) {
    byte[] data = NO_BYTES;
    for (int field; (field = in.field()) != 0; ) {
      if (field == 1) {
        data = in.bytes(Bounds.CHUNK_BYTES_MAX);
      } else {
        in.skip();
      }
    }
    return data;
  }

  private static ToAgent hello(ProtoInput in) {
    int[] numbers = new int[8];
    String name = "";
    for (int field; (field = in.field()) != 0; ) {
      if (field < 8) {
        numbers[field] = in.count();
      } else if (field == 8) {
        name = in.utf8();
      } else {
        in.skip();
      }
    }
    return new ToAgent.Hello(
        numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], numbers[7], name);
  }

  private static RequestHeaders requestHeaders(ProtoInput in) {
    HttpHead head = new HttpHead();
    byte[][] bytes = new byte[12][];
    java.util.Arrays.fill(bytes, NO_BYTES);
    int[] numbers = new int[8];
    byte[] query = null;
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 2, 3, 4, 6 -> numbers[field] = in.count();
        case 1, 5, 7, 8, 9, 10, 11 -> bytes[field] = in.bytes();
        case 12 -> query = in.bytes();
        case 13 -> field(in, head);
        default -> in.skip();
      }
    }
    head.method(head.append(bytes[8], 0, bytes[8].length), bytes[8].length);
    ReceivedContext context =
        new ReceivedContext(
            bytes[1], bytes[7], bytes[5], numbers[6], numbers[4] != 0, numbers[3], numbers[2]);
    return new RequestHeaders(
        context,
        latin1(bytes[9]),
        latin1(bytes[10]),
        latin1(bytes[11]),
        query == null ? null : latin1(query),
        head);
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static ResponseHeaders responseHeaders(ProtoInput in) {
    HttpHead head = new HttpHead();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> head.status(in.count());
        case 2 -> field(in, head);
        default -> in.skip();
      }
    }
    return new ResponseHeaders(head);
  }

  private static void field(ProtoInput in, HttpHead head) {
    byte[] name = NO_BYTES;
    byte[] value = NO_BYTES;
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> name = in.bytes();
        case 2 -> value = in.bytes();
        default -> in.skip();
      }
    }
    in.leave(outer);
    if (name.length == 0 || head.fieldCount() == Bounds.FIELDS_MAX) {
      throw Violation.BAD_FIELD_NAME.because("an empty name or too many fields");
    }
    head.addField(name, value);
  }

  private static RequestComplete requestComplete(ProtoInput in) {
    long[] numbers = new long[5];
    String failure = "";
    for (int field; (field = in.field()) != 0; ) {
      if (field < 5) {
        numbers[field] = in.long64();
      } else if (field == 5) {
        failure = in.utf8();
      } else {
        in.skip();
      }
    }
    return new RequestComplete((int) numbers[1], numbers[2], numbers[3], numbers[4], failure);
  }

  private static ToAgent configure(ProtoInput in) {
    int revision = 0;
    String file = "";
    List<ConfigNode> nodes = new ArrayList<>();
    int[] parts = new int[1];
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> revision = in.number();
        case 2 -> file = in.utf8();
        case 3 -> nodes.add(node(in, 0, parts));
        default -> in.skip();
      }
    }
    return new ToAgent.Configure(revision, file, nodes);
  }

  private static ConfigNode node(ProtoInput in, int depth, int[] parts) {
    if (depth == Bounds.DEPTH_MAX || ++parts[0] > Bounds.NODES_MAX) {
      throw Violation.TOO_MANY.because("nodes, or one too deep");
    }
    String name = "";
    int line = 0;
    int column = 0;
    List<ConfigNode.Value> arguments = new ArrayList<>();
    List<ConfigNode.Property> properties = new ArrayList<>();
    List<ConfigNode> children = new ArrayList<>();
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> name = in.utf8();
        case 2 -> line = in.count();
        case 3 -> column = in.count();
        case 4 -> arguments.add(value(in, parts));
        case 5 -> properties.add(property(in, parts));
        case 6 -> children.add(node(in, depth + 1, parts));
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new ConfigNode(name, line, column, arguments, properties, children);
  }

  private static ConfigNode.Property property(ProtoInput in, int[] parts) {
    String name = "";
    ConfigNode.Value value = new ConfigNode.Value(ConfigNode.Kind.NULL, "", 0, 0);
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> name = in.utf8();
        case 2 -> value = value(in, parts);
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new ConfigNode.Property(name, value);
  }

  private static ConfigNode.Value value(ProtoInput in, int[] parts) {
    if (++parts[0] > Bounds.NODES_MAX) {
      throw Violation.TOO_MANY.because("nodes and values");
    }
    int kind = 0;
    int line = 0;
    int column = 0;
    String text = "";
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> kind = in.choice(KINDS.length);
        case 2 -> line = in.count();
        case 3 -> column = in.count();
        case 4 -> text = in.utf8();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new ConfigNode.Value(KINDS[kind], text, line, column);
  }
}
