package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.Answer;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Field;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.ToProxy.AgentCredit;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.Decided;
import dev.selvedge.edge.protocol.ToProxy.Ended;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.ToProxy.Leaving;
import dev.selvedge.edge.protocol.ToProxy.Welcome;
import dev.selvedge.edge.protocol.Verdict;

/** Writes what an agent says as frames. */
public final class ReplyFrames {

  private ReplyFrames() {}

  public static void write(FrameOutput out, int call, int flags, ToProxy message) {
    switch (message) {
      case Decided decided -> decided(out, call, flags, decided);
      case ChunkResult result -> {
        out.begin(FrameType.CHUNK_RESULT, flags, call);
        out.u8(result.event().code());
        out.u8(result.op().ordinal());
        out.raw(result.data(), 0, result.data().length);
      }
      case Ended ended -> {
        out.begin(FrameType.ENDED, flags, call);
        out.utf8(ended.reason());
      }
      case AgentCredit credit -> {
        out.begin(FrameType.AGENT_CREDIT, flags, call);
        out.u32(credit.bytes());
      }
      case Welcome welcome -> {
        out.begin(FrameType.WELCOME, flags, call);
        welcome(out, welcome);
      }
      case Configured configured -> {
        out.begin(FrameType.CONFIGURED, flags, call);
        configured(out, configured);
      }
      case HealthReport report -> {
        out.begin(FrameType.HEALTH_REPORT, flags, call);
        out.u64(report.nonce());
        out.u8(report.state().ordinal());
        out.utf8(report.text());
      }
      case Leaving _ -> out.begin(FrameType.LEAVING, flags, call);
    }
    out.end();
  }

  private static void welcome(FrameOutput out, Welcome welcome) {
    out.u16(welcome.version());
    out.u32(welcome.events());
    out.u32(welcome.features());
    out.u32(welcome.callCredit());
    out.u32(welcome.connectionCredit());
    out.u32(welcome.callsMax());
    out.utf8(welcome.name());
  }

  private static void configured(FrameOutput out, Configured configured) {
    out.u32(configured.revision());
    int count = Math.min(configured.problems().size(), Bounds.PROBLEMS_MAX);
    out.u16(count);
    for (ConfigProblem problem : configured.problems().subList(0, count)) {
      out.u32(problem.line());
      out.u32(problem.column());
      out.utf8(problem.message());
    }
  }

  private static void decided(FrameOutput out, int call, int flags, Decided decided) {
    out.begin(FrameType.DECISION, flags, call);
    EventType event = decided.event();
    Decision decision = decided.decision();
    Answer answer =
        switch (decision.verdict()) {
          case Verdict.Block block -> block.answer();
          case Verdict.Redirect redirect -> redirect.answer();
          case Verdict.Challenge challenge -> challenge.answer();
          case Verdict.Allow _, Verdict.NeedsMore _ -> null;
        };
    Audit audit = decision.audit();
    out.u8(event.code());
    out.u8(decision.verdict().code());
    out.u16(answer == null ? 0 : answer.status());
    out.u16(decision.mutations().size());
    out.u16(audit.rules().size());
    out.u16(audit.tags().size());
    out.u32(audit.score());
    for (Mutation mutation : decision.mutations()) {
      out.u8(mutation.op().ordinal());
      out.u8(mutation.target().ordinal());
      out.latin1(mutation.name());
      out.latin1(mutation.value());
    }
    for (Audit.Rule rule : audit.rules()) {
      out.u32(rule.score());
      out.utf8(rule.id());
    }
    audit.tags().forEach(out::utf8);
    if (answer != null) {
      answer(out, answer);
    }
    out.end();
  }

  private static void answer(FrameOutput out, Answer answer) {
    out.u16(answer.fields().size());
    for (Field field : answer.fields()) {
      out.latin1(field.name());
      out.latin1(field.value());
    }
    out.long32(answer.body());
  }
}
