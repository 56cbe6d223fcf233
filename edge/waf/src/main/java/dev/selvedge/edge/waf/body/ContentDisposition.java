package dev.selvedge.edge.waf.body;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.trace.Trace;

/**
 * Reads a part's Content-Disposition strictly (RFC 7578, RFC 8187); what it refuses has a number,
 * as in libmodsecurity.
 *
 * <p>Not thread-safe: one instance reads one header.
 */
final class ContentDisposition {
  static final int OK = 1;

  private static final byte[] FORM_DATA = Bytes.of("form-data");

  private final byte[] in;
  private final MultipartPart part;
  private final MultipartFlags flags;
  private final Trace trace;
  private int at;
  private int failure;

  private ContentDisposition(byte[] in, MultipartPart part, MultipartFlags flags, Trace trace) {
    this.in = in;
    this.part = part;
    this.flags = flags;
    this.trace = trace;
  }

  /** {@link #OK}, or the negative number of the fault. */
  static int parse(byte[] value, MultipartPart part, MultipartFlags flags, Trace trace) {
    return new ContentDisposition(value, part, flags, trace).parse();
  }

  private int parse() {
    if (!Bytes.regionEquals(in, 0, FORM_DATA)) {
      return -1;
    }
    at = FORM_DATA.length;
    blanks();
    if (end()) {
      return OK;
    }
    if (in[at] != ';') {
      return -2;
    }
    at++;
    while (!end()) {
      int outcome = parameter();
      if (outcome != 0) {
        return outcome;
      }
    }
    return OK;
  }

  /** One {@code name=value}; 0 to go on. */
  private int parameter() {
    blanks();
    if (end()) {
      return -3;
    }
    int from = at;
    while (!end() && in[at] != '=' && in[at] != ' ' && in[at] != '\t') {
      at++;
    }
    if (end()) {
      return -4;
    }
    String name = Bytes.text(in, from, at);
    blanks();
    if (end()) {
      return -5;
    }
    if (in[at] != '=') {
      return -13;
    }
    at++;
    blanks();
    if (end()) {
      return -6;
    }
    byte[] value = name.equals("filename*") ? extended() : plain();
    int outcome = failure != 0 ? failure : assign(name, value);
    return outcome != 0 ? outcome : separator();
  }

  private byte[] plain() {
    if (in[at] == '"' || in[at] == '\'') {
      return quoted(in[at]);
    }
    int from = at;
    while (!end() && token(in[at])) {
      at++;
    }
    byte[] value = Bytes.slice(in, from, at);
    flagQuotes(value);
    return value;
  }

  private byte[] quoted(byte quote) {
    if (quote == '\'') {
      flags.invalidQuoting = true;
    }
    at++;
    if (end()) {
      return fail(-7);
    }
    ByteOutput out = new ByteOutput(in.length);
    while (!end() && in[at] != quote) {
      if (in[at] == '\\') {
        if (at + 1 >= in.length) {
          return fail(-8);
        }
        if (in[at + 1] == '\\' || in[at + 1] == quote) {
          at++; // any other backslash stands for itself: browsers send whole paths
        }
      }
      out.add(in[at++]);
    }
    if (end()) {
      return fail(-10);
    }
    at++;
    byte[] value = out.toBytes();
    if (quote != '"') {
      flagQuotes(value);
    }
    return value;
  }

  /** charset'[language]'percent-encoded. */
  private byte[] extended() {
    int from = at;
    while (!end() && (Bytes.isAlnum(in[at]) || "!#$%&+-^_`{}~".indexOf(in[at]) >= 0)) {
      at++;
    }
    if (end() || in[at] != '\'' || at == from) {
      return fail(-16);
    }
    at++;
    while (!end() && (Bytes.isAlnum(in[at]) || in[at] == '-')) {
      at++;
    }
    if (end() || in[at] != '\'') {
      return fail(-17);
    }
    at++;
    ByteOutput out = new ByteOutput(in.length);
    while (!end() && (Bytes.isAlnum(in[at]) || "!#$&+-.^_`|~%".indexOf(in[at]) >= 0)) {
      if (in[at] == '%') {
        if (at + 2 >= in.length || !Bytes.isHex(in[at + 1]) || !Bytes.isHex(in[at + 2])) {
          return fail(-18);
        }
        out.add(Bytes.hexPair(in, at + 1));
        at += 3;
      } else {
        out.add(in[at++]);
      }
    }
    return out.toBytes();
  }

  private int assign(String name, byte[] value) {
    return switch (name) {
      case "name" -> {
        if (part.name != null) {
          trace.line(4, "Multipart: Warning: Duplicate Content-Disposition name: ");
          yield -14;
        }
        part.name = value;
        yield 0;
      }
      case "filename" -> {
        if (part.fileName != null) {
          trace.line(4, "Multipart: Warning: Duplicate Content-Disposition filename: ");
          yield -15;
        }
        part.fileName = value;
        yield 0;
      }
      case "filename*" -> {
        if (part.extendedFileName != null) {
          trace.line(4, "Multipart: Warning: Duplicate Content-Disposition filename*: ");
          yield -15;
        }
        part.extendedFileName = value;
        yield 0;
      }
      default -> -11;
    };
  }

  private int separator() {
    if (end()) {
      return 0;
    }
    blanks();
    if (end()) {
      return 0;
    }
    if (in[at] != ';') {
      if (in[at - 1] == '\'' || in[at - 1] == '"') {
        flags.invalidQuoting = true;
      }
      return -12;
    }
    at++;
    return 0;
  }

  private void flagQuotes(byte[] value) {
    if (Bytes.indexOf(value, '\'', 0, value.length) >= 0) {
      flags.invalidQuoting = true;
    }
  }

  private byte[] fail(int number) {
    failure = number;
    return Bytes.EMPTY;
  }

  private static boolean token(byte b) {
    return b > 32 && b < 127 && "()<>@,;:\\\"/[]?=".indexOf(b) < 0;
  }

  private void blanks() {
    while (!end() && (in[at] == ' ' || in[at] == '\t')) {
      at++;
    }
  }

  private boolean end() {
    return at >= in.length;
  }
}
