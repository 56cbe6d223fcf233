package dev.selvedge.edge.protocol.grpc;

import dev.selvedge.edge.protocol.Answer;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Field;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.Verdict;

/** Writes what an agent says as {@code ToProxy} of agent.proto. */
final class ToProxyProto {

  static final int WELCOME = 3;
  static final int CONFIGURED = 4;
  static final int HEALTH_REPORT = 5;
  static final int LEAVING = 6;
  static final int ENDED = 7;
  static final int CREDIT = 8;
  static final int DECISION = 16;
  static final int CHUNK_RESULT = 17;

  private ToProxyProto() {}

  static byte[] write(int call, int flags, ToProxy message) {
    ProtoOutput out = ProtoOutput.envelope(call, flags);
    int start = out.enter(field(message));
    switch (message) {
      case ToProxy.Decided decided -> decided(out, decided);
      case ToProxy.ChunkResult result -> {
        out.number(1, result.event().code());
        out.number(2, result.op().ordinal());
        out.sized(3, result.data());
      }
      case ToProxy.Ended ended -> out.utf8(1, ended.reason());
      case ToProxy.AgentCredit credit -> out.number(1, credit.bytes());
      case ToProxy.Welcome welcome -> welcome(out, welcome);
      case ToProxy.Configured configured -> configured(out, configured);
      case ToProxy.HealthReport report -> {
        out.number(1, report.nonce());
        out.number(2, report.state().ordinal());
        out.utf8(3, report.text());
      }
      case ToProxy.Leaving _ -> {}
    }
    out.leave(start);
    return out.toBytes();
  }

  private static int field(ToProxy message) {
    return switch (message) {
      case ToProxy.Decided _ -> DECISION;
      case ToProxy.ChunkResult _ -> CHUNK_RESULT;
      case ToProxy.Ended _ -> ENDED;
      case ToProxy.AgentCredit _ -> CREDIT;
      case ToProxy.Welcome _ -> WELCOME;
      case ToProxy.Configured _ -> CONFIGURED;
      case ToProxy.HealthReport _ -> HEALTH_REPORT;
      case ToProxy.Leaving _ -> LEAVING;
    };
  }

  private static void welcome(ProtoOutput out, ToProxy.Welcome welcome) {
    out.number(1, welcome.version());
    out.number(2, welcome.events());
    out.number(3, welcome.features());
    out.number(4, welcome.callCredit());
    out.number(5, welcome.connectionCredit());
    out.number(6, welcome.callsMax());
    out.utf8(7, welcome.name());
  }

  private static void configured(ProtoOutput out, ToProxy.Configured configured) {
    out.number(1, configured.revision() & 0xFFFF_FFFFL);
    int count = Math.min(configured.problems().size(), Bounds.PROBLEMS_MAX);
    for (ConfigProblem problem : configured.problems().subList(0, count)) {
      int start = out.enter(2);
      out.number(1, problem.line());
      out.number(2, problem.column());
      out.utf8(3, problem.message());
      out.leave(start);
    }
  }

  private static void decided(ProtoOutput out, ToProxy.Decided decided) {
    Decision decision = decided.decision();
    out.number(1, decided.event().code());
    out.number(2, decision.verdict().code());
    switch (decision.verdict()) {
      case Verdict.Block block -> answer(out, block.answer());
      case Verdict.Redirect redirect -> answer(out, redirect.answer());
      case Verdict.Challenge challenge -> answer(out, challenge.answer());
      case Verdict.Allow _, Verdict.NeedsMore _ -> {}
    }
    for (Mutation mutation : decision.mutations()) {
      int start = out.enter(4);
      out.number(1, mutation.op().ordinal());
      out.number(2, mutation.target().ordinal());
      out.latin1(3, mutation.name());
      out.latin1(4, mutation.value());
      out.leave(start);
    }
    Audit audit = decision.audit();
    out.signed(5, audit.score());
    for (Audit.Rule rule : audit.rules()) {
      int start = out.enter(6);
      out.utf8(1, rule.id());
      out.signed(2, rule.score());
      out.leave(start);
    }
    for (String tag : audit.tags()) {
      byte[] bytes = tag.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      out.always(7, bytes, 0, bytes.length);
    }
  }

  private static void answer(ProtoOutput out, Answer answer) {
    int start = out.enter(3);
    out.number(1, answer.status());
    for (Field field : answer.fields()) {
      int inner = out.enter(2);
      out.latin1(1, field.name());
      out.latin1(2, field.value());
      out.leave(inner);
    }
    out.sized(3, answer.body());
    out.leave(start);
  }
}
