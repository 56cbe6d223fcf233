package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToAgent.Cancel;
import dev.selvedge.edge.protocol.ToAgent.Configure;
import dev.selvedge.edge.protocol.ToAgent.Drain;
import dev.selvedge.edge.protocol.ToAgent.Health;
import dev.selvedge.edge.protocol.ToAgent.Hello;
import dev.selvedge.edge.protocol.ToAgent.ProxyCredit;
import dev.selvedge.edge.protocol.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the proxy says beside events, as frames. */
public final class ControlFrames {

  private ControlFrames() {}

  public static void write(FrameOutput out, int call, int flags, ToAgent.Control message) {
    switch (message) {
      case Hello hello -> {
        out.begin(FrameType.HELLO, flags, call);
        hello(out, hello);
      }
      case Configure configure -> {
        out.begin(FrameType.CONFIGURE, flags, call);
        out.u32(configure.revision());
        out.utf8(configure.file());
        nodes(out, configure.nodes());
      }
      case Health health -> {
        out.begin(FrameType.HEALTH, flags, call);
        out.u64(health.nonce());
      }
      case Drain _ -> out.begin(FrameType.DRAIN, flags, call);
      case Cancel _ -> out.begin(FrameType.CANCEL, flags, call);
      case ProxyCredit credit -> {
        out.begin(FrameType.PROXY_CREDIT, flags, call);
        out.u32(credit.bytes());
      }
    }
    out.end();
  }

  private static void hello(FrameOutput out, Hello hello) {
    out.u32(Bounds.MAGIC);
    out.u16(hello.versionMin());
    out.u16(hello.versionMax());
    out.u32(hello.events());
    out.u32(hello.features());
    out.u32(hello.callCredit());
    out.u32(hello.connectionCredit());
    out.u32(hello.callsMax());
    out.utf8(hello.name());
  }

  private static void nodes(FrameOutput out, List<ConfigNode> nodes) {
    out.u16(nodes.size());
    for (ConfigNode node : nodes) {
      out.utf8(node.name());
      out.u32(node.line());
      out.u32(node.column());
      out.u16(node.arguments().size());
      node.arguments().forEach(value -> value(out, value));
      out.u16(node.properties().size());
      for (ConfigNode.Property property : node.properties()) {
        out.utf8(property.name());
        value(out, property.value());
      }
      nodes(out, node.children());
    }
  }

  private static void value(FrameOutput out, ConfigNode.Value value) {
    out.u8(value.kind().ordinal());
    out.u32(value.line());
    out.u32(value.column());
    out.long32(value.text().getBytes(StandardCharsets.UTF_8));
  }

  /** The message, or null where the type is not known and may be skipped. */
  static ToAgent.@Nullable Control read(int type, int flags, FrameInput in) {
    ToAgent.Control message =
        switch (type) {
          case FrameType.HELLO -> readHello(in);
          case FrameType.CONFIGURE ->
              new Configure(in.i32(), in.utf8(), new TreeReader(in).nodes(0));
          case FrameType.HEALTH -> new Health(in.i64());
          case FrameType.DRAIN -> new Drain();
          case FrameType.CANCEL -> new Cancel();
          case FrameType.PROXY_CREDIT -> new ProxyCredit(in.count32());
          default -> null;
        };
    in.finish(flags, message != null);
    return message;
  }

  private static Hello readHello(FrameInput in) {
    if (in.i32() != Bounds.MAGIC) {
      throw Violation.BAD_MAGIC.because("the first frame is not a greeting");
    }
    return new Hello(
        in.u16(),
        in.u16(),
        in.i32(),
        in.i32(),
        in.count32(),
        in.count32(),
        in.count32(),
        in.utf8());
  }

  /** Reads a tree under bounds on its depth and on nodes and values in all. */
  private static final class TreeReader {

    private static final ConfigNode.Kind[] KINDS = ConfigNode.Kind.values();

    private final FrameInput in;
    private int parts;

    TreeReader(FrameInput in) {
      this.in = in;
    }

    List<ConfigNode> nodes(int depth) {
      int count = in.u16();
      if (count > 0 && depth == Bounds.DEPTH_MAX) {
        throw Violation.TOO_MANY.because("a configuration deeper than " + depth);
      }
      List<ConfigNode> nodes = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        countPart();
        String name = in.utf8();
        int line = in.count32();
        int column = in.count32();
        nodes.add(new ConfigNode(name, line, column, arguments(), properties(), nodes(depth + 1)));
      }
      return nodes;
    }

    private List<ConfigNode.Value> arguments() {
      int count = in.u16();
      List<ConfigNode.Value> values = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        values.add(value());
      }
      return values;
    }

    private List<ConfigNode.Property> properties() {
      int count = in.u16();
      List<ConfigNode.Property> properties = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        properties.add(new ConfigNode.Property(in.utf8(), value()));
      }
      return properties;
    }

    private ConfigNode.Value value() {
      countPart();
      int kind = in.u8();
      if (kind >= KINDS.length) {
        throw Violation.MALFORMED.because("value of kind " + kind);
      }
      int line = in.count32();
      int column = in.count32();
      byte[] text = in.raw(in.count32());
      return new ConfigNode.Value(
          KINDS[kind], new String(text, StandardCharsets.UTF_8), line, column);
    }

    private void countPart() {
      if (++parts > Bounds.NODES_MAX) {
        throw Violation.TOO_MANY.because("nodes and values");
      }
    }
  }
}
