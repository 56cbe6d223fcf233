package dev.selvedge.edge.proxy.record;

import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.RequestId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record as one JSON line into a buffer of its own, without a String and without
 * allocating; no byte from the network gets into the line unescaped.
 *
 * <p>Access lines and refusal lines have the same members in the same order; refusal lines say so
 * in {@code msg} and may have {@code agent}, {@code gap} and {@code suppressed} at their end.
 * {@code time} is when the request began. Confined to its event loop.
 */
final class LineEncoder {

  /**
   * Bytes of the longest line: every byte from the network escaped (six bytes each), three names,
   * and the fixed parts.
   */
  static final int MAX_LINE =
      6
              * (DecisionRecord.MAX_METHOD
                  + DecisionRecord.MAX_HOST
                  + DecisionRecord.MAX_PATH
                  + DecisionRecord.MAX_FOREIGN_ID
                  + 3 * Names.MAX_LOGGED)
          + 6 * AuditTrail.MAX
          + 2_048;

  private static final byte[] TIME = ascii("{\"time\":\"");
  private static final byte[] INFO = ascii("\",\"level\":\"info\",\"msg\":\"request\",\"id\":");
  private static final byte[] WARN = ascii("\",\"level\":\"warn\",\"msg\":\"refused\",\"id\":");
  private static final byte[] ERROR = ascii("\",\"level\":\"error\",\"msg\":\"failed\",\"id\":");
  private static final byte[] GAPPED = ascii("\",\"level\":\"warn\",\"msg\":\"gap\",\"id\":");
  private static final byte[] CLIENT = ascii(",\"client\":\"");
  private static final byte[] METHOD = ascii("\",\"method\":");
  private static final byte[] HOST = ascii(",\"host\":");
  private static final byte[] PATH = ascii(",\"path\":");
  private static final byte[] CUT = ascii(",\"path_cut_from_bytes\":");
  private static final byte[] ROUTE = ascii(",\"route\":");
  private static final byte[] UPSTREAM = ascii(",\"upstream\":");
  private static final byte[] STATUS = ascii(",\"status\":");
  private static final byte[] CODE = ascii(",\"code\":");
  private static final byte[] DURATION = ascii(",\"duration_us\":");
  private static final byte[] BYTES_IN = ascii(",\"bytes_in\":");
  private static final byte[] BYTES_OUT = ascii(",\"bytes_out\":");
  private static final byte[] AGENT = ascii(",\"agent\":");
  private static final byte[] GAP = ascii(",\"gap\":true");
  private static final byte[] AUDITS = ascii(",\"audits\":[");
  private static final byte[] AUDIT = ascii("{\"agent\":");
  private static final byte[] SCORE = ascii(",\"score\":");
  private static final byte[] RULES = ascii(",\"rules\":[");
  private static final byte[] TAGS = ascii("],\"tags\":[");
  private static final byte[] SUPPRESSED = ascii(",\"suppressed\":");
  private static final byte[] END = ascii("}\n");
  private static final byte[] NULL = ascii("null");
  private static final int NOBODY = -1;
  private static final byte[][] CODES = codes();
  private static final byte[] UNICODE = ascii("\\u00");

  private final int process;
  private final Names names;
  private final byte[] line = new byte[MAX_LINE];
  private final UtcText utc = new UtcText();
  private int at;

  LineEncoder(int process, Names names) {
    this.process = process;
    this.names = names;
  }

  /** The buffer; a line stands at its start until the next one is written. */
  byte[] line() {
    return line;
  }

  /** Writes an access line and returns its length. */
  int access(DecisionRecord record) {
    members(record, INFO);
    put(END);
    return at;
  }

  /** Writes a line for a notable record and returns its length. */
  int notable(DecisionRecord record, long suppressed) {
    members(record, intro(record));
    int agent = agent(record);
    if (agent != NOBODY) {
      put(AGENT);
      put(names.json(agent));
    }
    if (record.gap) {
      put(GAP);
    }
    if (record.audits.length > 0) {
      audits(record.audits);
    }
    if (suppressed > 0) {
      put(SUPPRESSED);
      number(suppressed);
    }
    put(END);
    return at;
  }

  private static byte[] intro(DecisionRecord record) {
    FailureCode failure = record.failure();
    if (failure == null) {
      return GAPPED;
    }
    return switch (failure.source()) {
      case CLIENT, LIMIT, ROUTE, AGENT -> WARN;
      case UPSTREAM, SELF -> ERROR;
    };
  }

  /** The agent whose advice or failure refused the request, or made the gap. */
  private static int agent(DecisionRecord record) {
    FailureCode failure = record.failure();
    if (failure != null && failure.source() != FailureCode.Source.AGENT) {
      return NOBODY;
    }
    Step wanted = how(failure);
    int agent = NOBODY;
    int kept = Math.min(record.stepCount, DecisionRecord.MAX_STEPS);
    for (int i = 0; i < kept; i++) {
      boolean passed = i + 1 < kept && Step.of(record.steps[i + 1]) == Step.GAP;
      if (Step.of(record.steps[i]) == wanted && passed == (failure == null)) {
        agent = record.references[i];
      }
    }
    return agent;
  }

  private static Step how(@Nullable FailureCode failure) {
    if (failure == FailureCode.AGENT_BLOCKED) {
      return Step.AGENT_BLOCKED;
    }
    if (failure == FailureCode.AGENT_CHALLENGED) {
      return Step.AGENT_CHALLENGED;
    }
    return failure == FailureCode.AGENT_REDIRECTED ? Step.AGENT_REDIRECTED : Step.AGENT_FAILED;
  }

  private void members(DecisionRecord record, byte[] intro) {
    at = 0;
    put(TIME);
    at = utc.write(record.epochMillis, line, at);
    put(intro);
    id(record);
    put(CLIENT);
    at = AddressText.write(record.clientAddress, record.clientAddressLength, line, at);
    put(METHOD);
    text(record.method, record.methodLength);
    put(HOST);
    text(record.host, record.hostLength);
    put(PATH);
    text(record.path, record.pathLength);
    if (record.pathFullLength > record.pathLength) {
      put(CUT);
      number(record.pathFullLength);
    }
    put(ROUTE);
    put(names.json(record.route));
    put(UPSTREAM);
    put(names.json(record.upstream));
    put(STATUS);
    number(record.status);
    put(CODE);
    put(record.failure == DecisionRecord.NO_FAILURE ? NULL : CODES[record.failure]);
    put(DURATION);
    number(record.durationNanos / 1000);
    put(BYTES_IN);
    number(record.requestBodyBytes);
    put(BYTES_OUT);
    number(record.responseBodyBytes);
  }

  /** Rare enough, and capped by rate, to be read back as objects. */
  private void audits(AuditTrail audits) {
    put(AUDITS);
    boolean first = true;
    for (AuditTrail.Entry entry : AuditTrail.read(audits.bytes, 0, audits.length)) {
      separate(first);
      first = false;
      put(AUDIT);
      put(names.json(entry.agent()));
      put(SCORE);
      put(ascii(Integer.toString(entry.score())));
      put(RULES);
      texts(entry.rules().stream().map(Audit.Rule::id).toList());
      put(TAGS);
      texts(entry.tags());
      line[at++] = ']';
      line[at++] = '}';
    }
    line[at++] = ']';
  }

  private void texts(List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      separate(i == 0);
      byte[] bytes = texts.get(i).getBytes(StandardCharsets.ISO_8859_1);
      text(bytes, bytes.length);
    }
  }

  private void separate(boolean first) {
    if (!first) {
      line[at++] = ',';
    }
  }

  private void id(DecisionRecord record) {
    if (record.foreignIdLength > 0) {
      text(record.foreignId, record.foreignIdLength);
      return;
    }
    line[at] = '"';
    RequestId.write(line, at + 1, process, record.loop, record.sequence);
    at += RequestId.LENGTH + 1;
    line[at++] = '"';
  }

  private void put(byte[] bytes) {
    System.arraycopy(bytes, 0, line, at, bytes.length);
    at += bytes.length;
  }

  private void text(byte[] bytes, int length) {
    byte[] to = line;
    int end = at;
    to[end++] = '"';
    for (int i = 0; i < length; i++) {
      byte b = bytes[i];
      if (JsonText.plain(b & 0xFF)) {
        to[end++] = b;
      } else if (b == '"' || b == '\\') {
        to[end++] = '\\';
        to[end++] = b;
      } else {
        System.arraycopy(UNICODE, 0, to, end, UNICODE.length);
        RequestId.hex(to, end + UNICODE.length, 2, b);
        end += UNICODE.length + 2;
      }
    }
    to[end++] = '"';
    at = end;
  }

  private void number(long value) {
    long rest = Math.max(0, value);
    int digits = 1;
    for (long bound = 10; rest >= bound && digits < 19; bound *= 10) {
      digits++;
    }
    for (int i = at + digits - 1; i >= at; i--) {
      line[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    at += digits;
  }

  private static byte[][] codes() {
    FailureCode[] codes = FailureCode.values();
    byte[][] json = new byte[codes.length][];
    for (int i = 0; i < codes.length; i++) {
      json[i] = ascii(JsonText.quoted(codes[i].code()));
    }
    return json;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
