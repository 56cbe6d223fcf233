package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.Answer;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Field;
import dev.selvedge.edge.protocol.FieldRules;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.ToProxy.ChunkResult;
import dev.selvedge.edge.protocol.ToProxy.Configured;
import dev.selvedge.edge.protocol.ToProxy.Decided;
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.protocol.Violation;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an agent says. A plain allow is recognised by two comparisons and answered with a
 * constant; everything else is copied once and checked field by field, names and values included.
 * Throws nothing but {@code ProtocolViolation}.
 */
final class ReplyReader {

  /** Fixed part of a decision: event, verdict, status, three counts, score. */
  private static final int DECISION_BYTES = 14;

  private static final Decided REQUEST_ALLOWED =
      new Decided(EventType.REQUEST_HEADERS, Decision.ALLOW);
  private static final Decided RESPONSE_ALLOWED =
      new Decided(EventType.RESPONSE_HEADERS, Decision.ALLOW);
  private static final long REQUEST_HEAD = (long) EventType.REQUEST_HEADERS.code() << 56;
  private static final long RESPONSE_HEAD = (long) EventType.RESPONSE_HEADERS.code() << 56;

  private static final ChunkResult.Op[] CHUNK_OPS = ChunkResult.Op.values();
  private static final Mutation.Op[] OPS = Mutation.Op.values();
  private static final Mutation.Target[] TARGETS = Mutation.Target.values();
  private static final HealthReport.State[] STATES = HealthReport.State.values();

  private ReplyReader() {}

  /** The message, or null where the type is not known and may be skipped. */
  static @Nullable ToProxy read(int type, int flags, ByteBuf buffer, int index, int length) {
    if (type == FrameType.DECISION && length == DECISION_BYTES) {
      Decided plain = plainAllow(buffer.getLong(index), buffer.getLong(index + 6));
      if (plain != null) {
        return plain;
      }
    }
    byte[] payload = new byte[length];
    buffer.getBytes(index, payload);
    FrameInput in = new FrameInput(payload, 0, length);
    ToProxy message =
        switch (type) {
          case FrameType.DECISION -> decided(in);
          case FrameType.CHUNK_RESULT -> chunkResult(in, length);
          case FrameType.ENDED -> new ToProxy.Ended(in.utf8());
          case FrameType.AGENT_CREDIT -> new ToProxy.AgentCredit(in.count32());
          case FrameType.WELCOME -> welcome(in);
          case FrameType.CONFIGURED -> configured(in);
          case FrameType.HEALTH_REPORT ->
              new HealthReport(in.i64(), STATES[choice(in.u8(), STATES.length)], in.utf8());
          case FrameType.LEAVING -> new ToProxy.Leaving();
          default -> null;
        };
    in.finish(flags, message != null);
    return message;
  }

  /** {@code first} and {@code last} are the 14 bytes, two of them in both. */
  private static @Nullable Decided plainAllow(long first, long last) {
    if (last != 0) {
      return null;
    }
    return first == REQUEST_HEAD
        ? REQUEST_ALLOWED
        : first == RESPONSE_HEAD ? RESPONSE_ALLOWED : null;
  }

  private static Decided decided(FrameInput in) {
    EventType event = headEvent(in.u8());
    int verdict = in.u8();
    int status = in.u16();
    int mutationCount = in.count16(Bounds.MUTATIONS_MAX, "mutations");
    int ruleCount = in.count16(Bounds.RULES_MAX, "rules");
    int tagCount = in.count16(Bounds.TAGS_MAX, "tags");
    int score = in.i32();
    List<Mutation> mutations = new ArrayList<>(mutationCount);
    for (int i = 0; i < mutationCount; i++) {
      mutations.add(mutation(in));
    }
    List<Audit.Rule> rules = new ArrayList<>(ruleCount);
    for (int i = 0; i < ruleCount; i++) {
      int ruleScore = in.i32();
      rules.add(new Audit.Rule(in.utf8(), ruleScore));
    }
    List<String> tags = new ArrayList<>(tagCount);
    for (int i = 0; i < tagCount; i++) {
      tags.add(in.utf8());
    }
    Audit audit =
        score == 0 && ruleCount == 0 && tagCount == 0 ? Audit.NONE : new Audit(score, rules, tags);
    return new Decided(event, new Decision(verdict(in, verdict, status), mutations, audit));
  }

  private static EventType headEvent(int code) {
    EventType event = EventType.of(code);
    if (event != EventType.REQUEST_HEADERS && event != EventType.RESPONSE_HEADERS) {
      throw Violation.WRONG_EVENT.because("a decision about event " + code);
    }
    return event;
  }

  private static Mutation mutation(FrameInput in) {
    Mutation.Op op = OPS[choice(in.u8(), OPS.length)];
    Mutation.Target target = TARGETS[choice(in.u8(), TARGETS.length)];
    return new Mutation(op, target, in.fieldName(), in.fieldValue());
  }

  private static Verdict verdict(FrameInput in, int code, int status) {
    return switch (code) {
      case 0 -> Decision.ALLOW.verdict();
      case 1 -> new Verdict.Block(answer(in, code, status));
      case 2 -> new Verdict.Redirect(location(answer(in, code, status)));
      case 3 -> new Verdict.Challenge(answer(in, code, status));
      case 4 -> Decision.NEEDS_MORE.verdict();
      default -> throw Violation.MALFORMED.because("verdict " + code);
    };
  }

  private static Answer answer(FrameInput in, int code, int status) {
    FieldRules.checkStatus(code, status);
    int count = in.count16(Bounds.MUTATIONS_MAX, "fields of an answer");
    List<Field> fields = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      fields.add(new Field(in.fieldName(), in.fieldValue()));
    }
    return new Answer(status, fields, in.raw(in.count32()));
  }

  private static Answer location(Answer answer) {
    if (answer.fields().stream().noneMatch(field -> field.name().equals("location"))) {
      throw Violation.MALFORMED.because("a redirect without location");
    }
    return answer;
  }

  private static ChunkResult chunkResult(FrameInput in, int length) {
    EventType event = EventType.of(in.u8());
    if (event != EventType.REQUEST_BODY && event != EventType.RESPONSE_BODY) {
      throw Violation.WRONG_EVENT.because("a chunk result for no body");
    }
    ChunkResult.Op op = CHUNK_OPS[choice(in.u8(), CHUNK_OPS.length)];
    int data = length - 2;
    if (data > Bounds.CHUNK_BYTES_MAX) {
      throw Violation.CHUNK_TOO_LARGE.because(data + " bytes");
    }
    if (data > 0 && op != ChunkResult.Op.REPLACE) {
      throw Violation.MALFORMED.because("bytes with a result that takes none");
    }
    return new ChunkResult(event, op, in.raw(data));
  }

  private static ToProxy.Welcome welcome(FrameInput in) {
    return new ToProxy.Welcome(
        in.u16(), in.i32(), in.i32(), in.count32(), in.count32(), in.count32(), in.utf8());
  }

  private static Configured configured(FrameInput in) {
    int revision = in.i32();
    int count = in.count16(Bounds.PROBLEMS_MAX, "problems");
    List<ConfigProblem> problems = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      problems.add(new ConfigProblem(in.count32(), in.count32(), in.utf8()));
    }
    return new Configured(revision, problems);
  }

  private static int choice(int code, int choices) {
    if (code >= choices) {
      throw Violation.MALFORMED.because("code " + code + " of " + choices);
    }
    return code;
  }
}
