package dev.selvedge.edge.protocol.grpc;

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
import dev.selvedge.edge.protocol.ToProxy.HealthReport;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.protocol.Violation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code ToProxy} messages of agent.proto, as strictly as a frame. Throws nothing but
 * {@code ProtocolViolation}. Stateless.
 */
final class ToProxyReader {

  private static final byte[] NO_BYTES = {};
  private static final ChunkResult.Op[] CHUNK_OPS = ChunkResult.Op.values();
  private static final Mutation.Op[] OPS = Mutation.Op.values();
  private static final Mutation.Target[] TARGETS = Mutation.Target.values();
  private static final HealthReport.State[] STATES = HealthReport.State.values();

  private ToProxyReader() {}

  static Envelope<ToProxy> read(byte[] bytes) {
    return Envelope.read(
        bytes, ToProxyProto.WELCOME, ToProxyProto.CHUNK_RESULT, ToProxyReader::message);
  }

  private static @Nullable ToProxy message(int field, ProtoInput in) {
    return switch (field) {
      case ToProxyProto.WELCOME -> welcome(in);
      case ToProxyProto.CONFIGURED -> configured(in);
      case ToProxyProto.HEALTH_REPORT -> healthReport(in);
      case ToProxyProto.LEAVING -> new ToProxy.Leaving();
      case ToProxyProto.ENDED -> ended(in);
      case ToProxyProto.CREDIT -> new ToProxy.AgentCredit(ToAgentReader.onlyCount(in));
      case ToProxyProto.DECISION -> decided(in);
      case ToProxyProto.CHUNK_RESULT -> chunkResult(in);
      default -> null;
    };
  }

  private static ToProxy welcome(ProtoInput in) {
    int[] numbers = new int[7];
    String name = "";
    for (int field; (field = in.field()) != 0; ) {
      if (field < 7) {
        numbers[field] = in.count();
      } else if (field == 7) {
        name = in.utf8();
      } else {
        in.skip();
      }
    }
    return new ToProxy.Welcome(
        numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6], name);
  }

  private static ToProxy configured(ProtoInput in) {
    int revision = 0;
    List<ConfigProblem> problems = new ArrayList<>();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> revision = in.number();
        case 2 -> problems.add(problem(in));
        default -> in.skip();
      }
      bounded(problems, Bounds.PROBLEMS_MAX, "problems");
    }
    return new ToProxy.Configured(revision, problems);
  }

  private static void bounded(List<?> list, int most, String what) {
    if (list.size() > most) {
      throw Violation.TOO_MANY.because(list.size() + " " + what);
    }
  }

  private static ConfigProblem problem(ProtoInput in) {
    int line = 0;
    int column = 0;
    String text = "";
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> line = in.count();
        case 2 -> column = in.count();
        case 3 -> text = in.utf8();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new ConfigProblem(line, column, text);
  }

  private static ToProxy healthReport(ProtoInput in) {
    long nonce = 0;
    int state = 0;
    String text = "";
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> nonce = in.long64();
        case 2 -> state = in.choice(STATES.length);
        case 3 -> text = in.utf8();
        default -> in.skip();
      }
    }
    return new HealthReport(nonce, STATES[state], text);
  }

  private static ToProxy ended(ProtoInput in) {
    String reason = "";
    for (int field; (field = in.field()) != 0; ) {
      if (field == 1) {
        reason = in.utf8();
      } else {
        in.skip();
      }
    }
    return new ToProxy.Ended(reason);
  }

  private static ToProxy decided(ProtoInput in) {
    int event = 0;
    int verdict = 0;
    int score = 0;
    Answer answer = null;
    List<Mutation> mutations = new ArrayList<>();
    List<Audit.Rule> rules = new ArrayList<>();
    List<String> tags = new ArrayList<>();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> event = in.number();
        case 2 -> verdict = in.choice(5);
        case 3 -> answer = answer(in);
        case 4 -> mutations.add(mutation(in));
        case 5 -> score = in.signed();
        case 6 -> rules.add(rule(in));
        case 7 -> tags.add(in.utf8());
        default -> in.skip();
      }
    }
    bounded(mutations, Bounds.MUTATIONS_MAX, "mutations");
    bounded(rules, Bounds.RULES_MAX, "rules");
    bounded(tags, Bounds.TAGS_MAX, "tags");
    EventType head = EventType.of(event);
    if (head != EventType.REQUEST_HEADERS && head != EventType.RESPONSE_HEADERS) {
      throw Violation.WRONG_EVENT.because("a decision about event " + event);
    }
    Audit audit = new Audit(score, rules, tags);
    return new ToProxy.Decided(
        head,
        new Decision(verdict(verdict, answer), mutations, audit.isNone() ? Audit.NONE : audit));
  }

  private static Verdict verdict(int code, @Nullable Answer answer) {
    if (code == 0) {
      return Decision.ALLOW.verdict();
    }
    if (code == 4) {
      return Decision.NEEDS_MORE.verdict();
    }
    if (answer == null) {
      throw Violation.MALFORMED.because("verdict " + code + " without answer");
    }
    FieldRules.checkStatus(code, answer.status());
    return switch (code) {
      case 1 -> new Verdict.Block(answer);
      case 2 -> {
        if (answer.fields().stream().noneMatch(field -> field.name().equals("location"))) {
          throw Violation.MALFORMED.because("a redirect without location");
        }
        yield new Verdict.Redirect(answer);
      }
      default -> new Verdict.Challenge(answer);
    };
  }

  private static Answer answer(ProtoInput in) {
    int status = 0;
    List<Field> fields = new ArrayList<>();
    byte[] body = NO_BYTES;
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> status = in.count();
        case 2 -> fields.add(field(in));
        case 3 -> body = in.bytes();
        default -> in.skip();
      }
      bounded(fields, Bounds.MUTATIONS_MAX, "fields of an answer");
    }
    in.leave(outer);
    return new Answer(status, fields, body);
  }

  private static Field field(ProtoInput in) {
    String name = null;
    String value = "";
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> name = in.fieldName();
        case 2 -> value = in.fieldValue();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new Field(named(name), value);
  }

  private static String named(@Nullable String name) {
    if (name == null) {
      throw Violation.BAD_FIELD_NAME.because("no name");
    }
    return name;
  }

  private static Mutation mutation(ProtoInput in) {
    int op = 0;
    int target = 0;
    String name = null;
    String value = "";
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> op = in.choice(OPS.length);
        case 2 -> target = in.choice(TARGETS.length);
        case 3 -> name = in.fieldName();
        case 4 -> value = in.fieldValue();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new Mutation(OPS[op], TARGETS[target], named(name), value);
  }

  private static Audit.Rule rule(ProtoInput in) {
    String id = "";
    int score = 0;
    int outer = in.enter();
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> id = in.utf8();
        case 2 -> score = in.signed();
        default -> in.skip();
      }
    }
    in.leave(outer);
    return new Audit.Rule(id, score);
  }

  private static ToProxy chunkResult(ProtoInput in) {
    int code = 0;
    int op = 0;
    byte[] data = NO_BYTES;
    for (int field; (field = in.field()) != 0; ) {
      switch (field) {
        case 1 -> code = in.number();
        case 2 -> op = in.choice(CHUNK_OPS.length);
        case 3 -> data = in.bytes(Bounds.CHUNK_BYTES_MAX);
        default -> in.skip();
      }
    }
    EventType event = EventType.of(code);
    if (event != EventType.REQUEST_BODY && event != EventType.RESPONSE_BODY) {
      throw Violation.WRONG_EVENT.because("a chunk result for no body");
    }
    if (data.length > 0 && CHUNK_OPS[op] != ChunkResult.Op.REPLACE) {
      throw Violation.MALFORMED.because("bytes with a result that takes none");
    }
    return new ChunkResult(event, CHUNK_OPS[op], data);
  }
}
