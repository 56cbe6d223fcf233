package dev.selvedge.edge.protocol.grpc;

import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import java.util.List;

/** Writes what the proxy says as {@code ToAgent} of agent.proto. */
public final class ToAgentProto {

  static final int HELLO = 3;
  static final int CONFIGURE = 4;
  static final int HEALTH = 5;
  static final int DRAIN = 6;
  static final int CANCEL = 7;
  static final int CREDIT = 8;
  static final int REQUEST_HEADERS = 16;
  static final int REQUEST_BODY = 17;
  static final int RESPONSE_HEADERS = 18;
  static final int RESPONSE_BODY = 19;
  static final int REQUEST_COMPLETE = 21;

  private ToAgentProto() {}

  static byte[] requestHeaders(
      int call, int flags, HttpHead head, RequestTarget target, RequestContext context) {
    ProtoOutput out = ProtoOutput.envelope(call, flags);
    int start = out.enter(REQUEST_HEADERS);
    out.sized(1, context.requestId());
    out.number(2, context.deadlineMicros());
    out.number(3, context.httpVersion());
    out.number(4, context.secure() ? 1 : 0);
    out.sized(5, context.clientAddress());
    out.number(6, context.clientPort());
    out.sized(7, context.route());
    out.sized(8, head.bytes(), head.methodStart(), head.methodLength());
    out.sized(9, target.source(), target.hostStart(), target.authorityLength());
    out.sized(10, target.source(), target.rawPathStart(), target.rawPathLength());
    out.sized(11, target.pathBytes(), target.pathStart(), target.pathLength());
    if (target.hasQuery()) {
      out.always(12, target.source(), target.queryStart(), target.queryLength());
    }
    fields(out, 13, head);
    out.leave(start);
    return out.toBytes();
  }

  static byte[] responseHeaders(int call, int flags, HttpHead head) {
    ProtoOutput out = ProtoOutput.envelope(call, flags);
    int start = out.enter(RESPONSE_HEADERS);
    out.number(1, head.status());
    fields(out, 2, head);
    out.leave(start);
    return out.toBytes();
  }

  private static void fields(ProtoOutput out, int field, HttpHead head) {
    byte[] bytes = head.bytes();
    for (int i = 0; i < head.fieldCount(); i++) {
      int start = out.enter(field);
      out.sized(1, bytes, head.nameStart(i), head.nameLength(i));
      out.sized(2, bytes, head.valueStart(i), head.valueLength(i));
      out.leave(start);
    }
  }

  static byte[] body(int call, int flags, boolean response, byte[] chunk) {
    ProtoOutput out = ProtoOutput.envelope(call, flags);
    int start = out.enter(response ? RESPONSE_BODY : REQUEST_BODY);
    out.sized(1, chunk);
    out.leave(start);
    return out.toBytes();
  }

  static byte[] requestComplete(int call, int flags, RequestComplete event) {
    ProtoOutput out = ProtoOutput.envelope(call, flags);
    int start = out.enter(REQUEST_COMPLETE);
    out.number(1, event.status());
    out.number(2, event.durationMicros());
    out.number(3, event.requestBytes());
    out.number(4, event.responseBytes());
    out.utf8(5, event.failure());
    out.leave(start);
    return out.toBytes();
  }

  static byte[] control(int call, int flags, ToAgent.Control message) {
    ProtoOutput out = ProtoOutput.envelope(call, flags);
    int start =
        switch (message) {
          case ToAgent.Hello hello -> hello(out, hello);
          case ToAgent.Configure configure -> configure(out, configure);
          case ToAgent.Health health -> {
            int at = out.enter(HEALTH);
            out.number(1, health.nonce());
            yield at;
          }
          case ToAgent.Drain _ -> out.enter(DRAIN);
          case ToAgent.Cancel _ -> out.enter(CANCEL);
          case ToAgent.ProxyCredit credit -> {
            int at = out.enter(CREDIT);
            out.number(1, credit.bytes());
            yield at;
          }
        };
    out.leave(start);
    return out.toBytes();
  }

  private static int hello(ProtoOutput out, ToAgent.Hello hello) {
    int start = out.enter(HELLO);
    out.number(1, hello.versionMin());
    out.number(2, hello.versionMax());
    out.number(3, hello.events());
    out.number(4, hello.features());
    out.number(5, hello.callCredit());
    out.number(6, hello.connectionCredit());
    out.number(7, hello.callsMax());
    out.utf8(8, hello.name());
    return start;
  }

  private static int configure(ProtoOutput out, ToAgent.Configure configure) {
    int start = out.enter(CONFIGURE);
    out.number(1, configure.revision() & 0xFFFF_FFFFL);
    out.utf8(2, configure.file());
    nodes(out, 3, configure.nodes());
    return start;
  }

  private static void nodes(ProtoOutput out, int field, List<ConfigNode> nodes) {
    for (ConfigNode node : nodes) {
      int start = out.enter(field);
      out.utf8(1, node.name());
      out.number(2, node.line());
      out.number(3, node.column());
      node.arguments().forEach(value -> value(out, 4, value));
      for (ConfigNode.Property property : node.properties()) {
        int inner = out.enter(5);
        out.utf8(1, property.name());
        value(out, 2, property.value());
        out.leave(inner);
      }
      nodes(out, 6, node.children());
      out.leave(start);
    }
  }

  private static void value(ProtoOutput out, int field, ConfigNode.Value value) {
    int start = out.enter(field);
    out.number(1, value.kind().ordinal());
    out.number(2, value.line());
    out.number(3, value.column());
    out.utf8(4, value.text());
    out.leave(start);
  }
}
