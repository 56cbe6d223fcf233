package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.AuditMode;
import dev.selvedge.edge.waf.rule.BodyProcessor;
import dev.selvedge.edge.waf.rule.EngineMode;
import dev.selvedge.edge.waf.rule.OverLimit;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Name;
import java.util.List;
import java.util.Locale;

/**
 * One exchange under inspection. Call in order: {@link #connection}, {@link #requestHead}, {@link
 * #requestBody} as often as chunks come, {@link #requestBodyEnd}, {@link #responseHead}, {@link
 * #responseBody}, {@link #responseBodyEnd}, {@link #end}; each answers with the verdict so far, and
 * after a refusal only {@link #end} has an effect.
 *
 * <p>Keeps at most the configured bytes of each body. Not thread-safe.
 */
public final class Transaction {
  private static final int REQUEST_TOO_LARGE = 403;

  private final State s;
  private final RequestReader requestReader;
  private final PhaseRunner phases;

  Transaction(State state, PhaseRunner phases) {
    s = state;
    requestReader = new RequestReader(s);
    this.phases = phases;
  }

  public void connection(Connection connection) {
    s.connection = connection;
    s.clientAddress = Bytes.of(connection.clientAddress());
  }

  /**
   * Lets rules know something of the host's as TX:name; before the request's head.
   *
   * @param name begins with {@link Name#TOLD}
   */
  public void tell(Name name, byte[] value) {
    s.tx.set(name, value);
    s.tx.told();
  }

  /**
   * Bodies that begin as JSON are read as JSON besides what their type says: many servers parse
   * what they get and never look at the type. Before the request's head.
   */
  public void readJsonUnasked() {
    s.request.jsonUnasked = true;
  }

  /**
   * The request line and the header fields; runs phase 1.
   *
   * @param protocol as in "HTTP/1.1"
   */
  public Verdict requestHead(byte[] method, byte[] uri, byte[] protocol, Fields headers) {
    s.log(4, "Starting phase URI. (SecRules 0 + 1/2)");
    requestReader.line(method, uri, protocol);
    for (int i = 0; i < headers.size(); i++) {
      requestReader.header(headers, i);
    }
    s.log(4, "Starting phase REQUEST_HEADERS.  (SecRules 1)");
    return run(1);
  }

  /** A chunk of the request body. */
  public Verdict requestBody(byte[] chunk) {
    if (decided()) {
      return s.verdict;
    }
    long limit = s.settings.requestBodyLimit();
    long room = Math.min(limit > 0 ? limit : Long.MAX_VALUE, s.options.bodyMax());
    long left = room - s.request.body.size();
    if (chunk.length <= left) {
      s.request.body.add(chunk);
      return s.verdict;
    }
    s.request.body.add(chunk, 0, (int) left);
    s.request.bodyOverLimit = true;
    s.log(5, "Request body is bigger than the maximum expected.");
    boolean reject = s.settings.requestBodyOverLimit() == OverLimit.REJECT;
    if (reject && s.engine == EngineMode.ON) {
      s.log(5, "Request body limit is marked to reject the request");
      s.verdict = new Verdict.Deny(REQUEST_TOO_LARGE, false, 0);
    }
    return s.verdict;
  }

  /** What came of the request's body is not all of it, or could not be read: REQBODY_ERROR. */
  public void requestBodyBroken(String why) {
    s.request.bodyError = why;
  }

  /** Whether an argument was longer than rules see of one. */
  public boolean argumentCut() {
    return s.request.argumentCut;
  }

  /** No more request body comes; runs phase 2. */
  public Verdict requestBodyEnd() {
    if (decided()) {
      return s.verdict;
    }
    s.log(4, "Starting phase REQUEST_BODY. (SecRules 2)");
    if (!Actions.off(s)) {
      new BodyReader(s, requestReader).read();
      boolean parsedXml = s.request.processor == BodyProcessor.XML && !s.forceRequestBody;
      if (!bodyWanted() || parsedXml) {
        s.request.bodyBytes = Bytes.EMPTY; // of XML, rules see the text and the attributes
      }
    }
    return run(2);
  }

  private boolean bodyWanted() {
    boolean configured = s.settings.requestBodyAccess();
    if (configured && !s.requestBodyAccess) {
      s.log(
          4,
          "Request body processing is enabled, but disabled to this transaction due to"
              + " ctl:requestBodyAccess action");
    } else if (!configured && s.requestBodyAccess) {
      s.log(
          4,
          "Request body processing is disabled, but enabled to this transaction due to"
              + " ctl:requestBodyAccess action");
    } else if (!configured) {
      s.log(4, "Request body processing is disabled");
    }
    return s.requestBodyAccess;
  }

  /** The answer's status line and fields; runs phase 3. */
  public Verdict responseHead(int status, byte[] protocol, Fields headers) {
    if (decided()) {
      return s.verdict;
    }
    s.response.status = status;
    s.response.protocol = protocol;
    for (int i = 0; i < headers.size(); i++) {
      s.response.headers.add(headers.name(i), headers.value(i));
      if (Bytes.equalsIgnoreCase(headers.name(i), Bytes.of("Content-Type"))) {
        byte[] value = headers.value(i);
        int semicolon = Bytes.indexOf(value, ';', 0, value.length);
        s.response.contentType = semicolon < 0 ? value : Bytes.slice(value, 0, semicolon);
      }
    }
    s.log(4, "Starting phase RESPONSE_HEADERS. (SecRules 3)");
    return run(3);
  }

  /** Whether the rules want to see this answer's body at all. */
  public boolean wantsResponseBody() {
    String type = Bytes.text(s.response.contentType).toLowerCase(Locale.ROOT);
    return s.settings.responseBodyAccess()
        && s.settings.responseMimeTypes().map(types -> types.contains(type)).orElse(true);
  }

  /** A chunk of the answer's body. */
  public Verdict responseBody(byte[] chunk) {
    if (decided()) {
      return s.verdict;
    }
    long limit = s.settings.responseBodyLimit();
    long room = Math.min(limit > 0 ? limit : Long.MAX_VALUE, s.options.bodyMax());
    long left = room - s.response.body.size();
    if (chunk.length <= left) {
      s.response.body.add(chunk);
      return s.verdict;
    }
    s.response.bodyOverLimit = true;
    boolean reject = s.settings.responseBodyOverLimit() == OverLimit.REJECT;
    if (reject && s.engine == EngineMode.ON) {
      s.log(5, "Response body limit is marked to reject the request");
      s.verdict = new Verdict.Deny(REQUEST_TOO_LARGE, false, 0);
    } else {
      s.response.body.add(chunk, 0, (int) left);
    }
    return s.verdict;
  }

  /** No more of the answer's body comes; runs phase 4. */
  public Verdict responseBodyEnd() {
    if (decided()) {
      return s.verdict;
    }
    s.log(4, "Starting phase RESPONSE_BODY. (SecRules 4)");
    if (!s.settings.responseBodyAccess()) {
      s.log(4, "Response body is disabled, returning... ");
      return s.verdict;
    }
    if (!wantsResponseBody()) {
      if (s.trace.on()) {
        s.log(
            5,
            "Response Content-Type is "
                + Bytes.text(s.response.contentType)
                + ". It is not marked to be inspected.");
      }
      return s.verdict;
    }
    s.response.bodyBytes = s.response.body.toBytes();
    return run(4);
  }

  /** The exchange is over, whatever its outcome; runs phase 5, which decides nothing any more. */
  public void end() {
    Verdict before = s.verdict;
    if (s.response.status == 0) {
      s.response.status = answered(before);
    }
    s.log(4, "Starting phase LOGGING. (SecRules 5)");
    phases.run(5);
    s.verdict = before;
    s.log(8, "Checking if this request is suitable to be saved as an audit log.");
    if (s.auditMode != AuditMode.RELEVANT_ONLY || audited()) {
      s.log(8, "Request was relevant to be saved. Parts: -1"); // said with no audit log too
    }
  }

  /** What the client got in place of an upstream's answer. */
  private static int answered(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Allow _ -> 0;
      case Verdict.Deny d -> d.status();
      case Verdict.Redirect r -> r.status();
    };
  }

  private Verdict run(int phase) {
    if (!decided()) {
      phases.run(phase);
    }
    return s.verdict;
  }

  private boolean decided() {
    return !(s.verdict instanceof Verdict.Allow);
  }

  public Verdict verdict() {
    return s.verdict;
  }

  /** The rules that matched and want to be reported, in order. */
  public List<RuleMatch> matches() {
    return List.copyOf(s.matches);
  }

  /** Whether the rules want the transaction in the host's audit log; known at its end. */
  public boolean audited() {
    return switch (s.auditMode) {
      case OFF -> false;
      case ON -> true;
      case RELEVANT_ONLY ->
          s.matches.stream().anyMatch(RuleMatch::audit)
              || s.settings
                  .auditedStatus()
                  .map(status -> status.occursIn(Bytes.of(s.response.status)))
                  .orElse(false);
    };
  }

  /** A number out of TX, such as an anomaly score; 0 where there is none. */
  public int txNumber(String name) {
    byte[] value = s.tx.get(Name.of(Bytes.of(name)));
    return value == null ? 0 : Bytes.atoi(value);
  }
}
