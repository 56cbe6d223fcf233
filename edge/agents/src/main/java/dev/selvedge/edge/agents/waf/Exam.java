package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.agents.waf.WafSettings.BodyLimits;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.engine.Verdict;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One exchange put to the rules: its request once, whole, and then its answer if there is one.
 *
 * <p>The request's rules run when all of its body is there: rules of the head ask how long the body
 * is, which the proxy's codec keeps to itself. Not thread-safe.
 */
public final class Exam {

  private static final Name PATH = Name.of(Bytes.of(Exclusion.PATH_NAME));
  private static final Name PARTIAL = Name.of(Bytes.of(RuleText.PARTIAL_NAME));
  private static final byte[] ZERO = Bytes.of(0);
  private static final byte[] ONE = Bytes.of(1);
  private static final int TOO_LARGE = 413;
  private static final int UNSUPPORTED = 415;

  /** Memory for what comes out of a compressed body. */
  interface Room {
    /** Takes so many bytes, or none. */
    boolean take(long bytes);
  }

  private final LoadedRules rules;
  private final Room room;
  private final BodyLimits limits;
  private final Transaction t;
  private final List<String> remarks = new ArrayList<>();
  private int told;

  /** Without a bound on memory beyond that of one body. */
  public Exam(LoadedRules rules) {
    this(rules, _ -> true);
  }

  Exam(LoadedRules rules, Room room) {
    this.rules = rules;
    this.room = room;
    this.limits = rules.settings().limits();
    this.t = rules.rules().newTransaction();
  }

  /** Judges a request with all of its body; no answer will be shown. */
  public Judgement request(Subject subject, Coding coding, byte[] body) {
    byte[] shown = body.length > limits.bytes() ? Bytes.slice(body, 0, limits.bytes()) : body;
    long bytes = body.length == 0 ? -1 : body.length;
    return Objects.requireNonNull(request(subject, coding, shown, bytes, true));
  }

  /**
   * Judges the request; null where there is no room for what comes out of its body.
   *
   * @param body as received; its start where it is over the limit
   * @param bytes of the whole body; −1 for none
   * @param last no answer will be shown
   */
  @Nullable Judgement request(
      Subject subject, Coding coding, byte[] body, long bytes, boolean last) {
    boolean over = bytes > body.length;
    byte[] plain = body;
    String broken = null;
    switch (coding) {
      case Coding.Identity _ -> {}
      case Coding.Other(String name) -> {
        if (bytes > 0 && !limits.allowedCodings().contains(name)) {
          return Judgement.refused(UNSUPPORTED, "waf:coding");
        }
        if (bytes > 0) {
          remarks.add("waf:unread-coding");
          plain = Bytes.EMPTY;
        }
      }
      case Coding.Gzip _, Coding.Deflate _ -> {
        if (body.length > 0) {
          Inflation.Result inflated = inflate(coding, body);
          plain = inflated.bytes();
          if (!room.take(plain.length)) {
            return null;
          }
          broken = over ? null : inflated.error();
          over |= inflated.over();
        }
      }
    }
    if (over && limits.blocks()) {
      return Judgement.refused(TOO_LARGE, "waf:body-over-limit");
    }
    return request(subject.withLength(bytes), plain, broken, over, last);
  }

  private Inflation.Result inflate(Coding coding, byte[] body) {
    return coding instanceof Coding.Gzip
        ? Inflation.gzip(body, limits.bytes(), limits.ratio())
        : Inflation.deflate(body, limits.bytes(), limits.ratio());
  }

  private Judgement request(
      Subject subject, byte[] plain, @Nullable String broken, boolean over, boolean last) {
    t.connection(subject.connection());
    t.tell(PATH, subject.path());
    t.tell(PARTIAL, over ? ONE : ZERO);
    t.readJsonUnasked();
    Verdict verdict =
        t.requestHead(subject.method(), subject.uri(), subject.protocol(), subject.fields());
    if (verdict instanceof Verdict.Allow) {
      if (broken != null) {
        t.requestBodyBroken(broken);
      }
      t.requestBody(plain);
      verdict = t.requestBodyEnd();
    }
    if (t.argumentCut() && limits.blocks() && verdict instanceof Verdict.Allow) {
      return Judgement.refused(TOO_LARGE, "waf:value-over-limit");
    }
    if (over || t.argumentCut()) {
      remarks.add("waf:partial");
    }
    return judged(last || !(verdict instanceof Verdict.Allow));
  }

  /** What was told so far reached nobody. */
  void tellAgain() {
    told = 0;
  }

  private Judgement judged(boolean last) {
    if (last) {
      t.end();
    }
    Judgement judgement = Judge.of(rules, t, told, remarks);
    told += judgement.hits().size();
    remarks.clear();
    return judgement;
  }

  /** Shows the answer's head to the rules; whether they want its body. */
  boolean responseHead(int status, Fields fields) {
    Verdict verdict = t.responseHead(status, Bytes.of("HTTP/1.1"), fields);
    return verdict instanceof Verdict.Allow && t.wantsResponseBody();
  }

  /** Judges the answer when there is no body to be seen. */
  Judgement response() {
    t.responseBodyEnd();
    return judged(true);
  }

  /**
   * Judges the answer; null where there is no room for what comes out of its body.
   *
   * @param body as received; its start where it is over the limit
   */
  @Nullable Judgement response(Coding coding, byte[] body, boolean over) {
    byte[] plain = body;
    boolean partial = over;
    switch (coding) {
      case Coding.Identity _ -> {}
      case Coding.Other _ -> {
        remarks.add("waf:unread-coding");
        plain = Bytes.EMPTY;
      }
      case Coding.Gzip _, Coding.Deflate _ -> {
        Inflation.Result inflated = inflate(coding, body);
        plain = inflated.bytes();
        if (!room.take(plain.length)) {
          return null;
        }
        partial |= inflated.over() || inflated.error() != null;
      }
    }
    if (partial) {
      remarks.add("waf:partial");
    }
    t.responseBody(plain);
    return response();
  }
}
