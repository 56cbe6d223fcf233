package dev.selvedge.edge.waf.body;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Multipart form data (RFC 7578), line by line, with every oddity flagged.
 *
 * <p>Bounded by the body, the number of parts and the number and length of their header lines. Not
 * thread-safe: one instance reads one body.
 */
public final class MultipartBody {
  private static final int HEADER_LINE_MAX = 4096;

  /** Forms have three; each is compared with all before it. */
  private static final int HEADERS_MAX = 64;

  private final byte[] in;
  private final Trace trace;
  private final int filesMax;
  private final MultipartFlags flags = new MultipartFlags();
  private final List<MultipartPart> parts = new ArrayList<>();
  private byte[] boundary = Bytes.EMPTY;
  private @Nullable MultipartPart part;
  private boolean inHeaders;
  private int heldNewline;
  private int boundaries;
  private boolean complete;
  private byte @Nullable [] lastHeader;
  private int files;
  private long bytesWithoutFiles;
  private @Nullable String error;

  private MultipartBody(byte[] in, int filesMax, Trace trace) {
    this.in = in;
    this.filesMax = filesMax;
    this.trace = trace;
  }

  /**
   * Parses a body.
   *
   * @param filesMax files that are taken; more set a flag; 0 for no bound of its own
   */
  public static MultipartBody parse(byte[] contentType, byte[] body, int filesMax, Trace trace) {
    MultipartBody multipart = new MultipartBody(body, filesMax, trace);
    Boundary boundary = Boundary.parse(contentType, multipart.flags);
    String value = boundary.value();
    if (value == null) {
      multipart.fail(String.valueOf(boundary.error()));
      multipart.warn();
      return multipart;
    }
    if (Bytes.text(contentType).endsWith(value)) {
      trace.line(9, "Multipart: Boundary: " + value);
    } else if (!multipart.flags.boundaryQuoted) {
      trace.line(4, "Multipart: Invalid parameter after boundary in C-T (tolerated).");
    }
    multipart.boundary = Bytes.of(value);
    multipart.lines();
    multipart.finish();
    multipart.warn();
    return multipart;
  }

  public MultipartFlags flags() {
    return flags;
  }

  public List<MultipartPart> parts() {
    return parts;
  }

  /** The bytes of part headers and of fields that are no files. */
  public long bytesWithoutFiles() {
    long bytes = bytesWithoutFiles;
    for (MultipartPart p : parts) {
      bytes += p.fileName() == null ? p.size() : 0;
    }
    return bytes;
  }

  /** What is wrong with the body, or null. */
  public @Nullable String error() {
    return error;
  }

  private void fail(String message) {
    flags.error = true;
    if (error == null) {
      error = message;
      trace.line(4, message);
    }
  }

  private void lines() {
    int at = 0;
    while (at < in.length && error == null) {
      int newline = Bytes.indexOf(in, '\n', at, in.length);
      int next = newline < 0 ? in.length : newline + 1;
      line(at, next, newline >= 0);
      at = next;
    }
  }

  private void line(int from, int to, boolean ended) {
    if (complete) {
      flags.dataAfter = true;
      return;
    }
    boolean dashes = to - from >= 2 && in[from] == '-' && in[from + 1] == '-';
    if (dashes && to - from >= boundary.length + 2 && Bytes.regionEquals(in, from + 2, boundary)) {
      boundary(from + 2 + boundary.length, to, ended);
      return;
    }
    if (dashes) {
      lookalike(from, to);
    }
    MultipartPart current = part;
    if (current == null) {
      flags.dataBefore = true;
    } else if (inHeaders) {
      headerLine(current, from, to, ended);
    } else {
      dataLine(current, from, to, ended);
    }
  }

  private void boundary(int at, int to, boolean ended) {
    int rest = at;
    boolean last = rest + 1 < to && in[rest] == '-' && in[rest + 1] == '-';
    if (last) {
      rest += 2;
    }
    boolean crlf = ended && to - rest == 2 && in[rest] == '\r';
    boolean lf = ended && to - rest == 1;
    if (!crlf && !lf && !(last && rest == to)) {
      fail("Multipart: Invalid boundary: " + Bytes.text(in, at, to).strip());
      return;
    }
    flags.crlfLine |= crlf;
    flags.lfLine |= lf;
    boundaries++;
    endPart();
    if (last) {
      complete = true;
    } else {
      part = new MultipartPart();
      inHeaders = true;
      lastHeader = null;
    }
  }

  /** A line with two dashes that is no boundary of ours. */
  private void lookalike(int from, int to) {
    boolean quoted = flags.boundaryQuoted && to - from >= boundary.length + 3;
    if (quoted && in[from + 2] == '"' && Bytes.regionEquals(in, from + 3, boundary)) {
      fail("Multipart: Invalid boundary (quotes).");
      return;
    }
    int at = from + 2;
    while (at < to && Bytes.isSpace(in[at])) {
      at++;
    }
    if (at > from + 2 && Bytes.regionEquals(in, at, boundary)) {
      fail("Multipart: Invalid boundary (whitespace).");
      return;
    }
    flags.unmatchedBoundary = 1;
  }

  private void headerLine(MultipartPart current, int from, int to, boolean ended) {
    boolean crlf = ended && to - from >= 2 && in[to - 2] == '\r';
    flags.crlfLine |= crlf;
    flags.lfLine |= ended && !crlf;
    int end = !ended ? to : crlf ? to - 2 : to - 1;
    bytesWithoutFiles += to - from;
    if (to - from > HEADER_LINE_MAX) {
      fail("Multipart: Part header line over " + HEADER_LINE_MAX + " bytes long");
    } else if (end == from) {
      startContent(current, to);
    } else if (Bytes.isSpace(in[from])) {
      fold(current, from, end);
    } else {
      header(current, from, end);
    }
  }

  private void header(MultipartPart current, int from, int end) {
    int colon = Bytes.indexOf(in, ':', from, end);
    if (colon < 0) {
      fail("Multipart: Invalid part header (missing colon): " + Bytes.text(in, from, end));
      return;
    }
    if (colon == from) {
      fail("Multipart: Invalid part header (header name missing).");
      return;
    }
    byte[] name = Bytes.slice(in, from, colon);
    for (byte b : name) {
      if (b < 33 || b > 126) {
        fail("Multipart: Invalid part header (contains invalid character).");
        return;
      }
    }
    if (current.headers.size() == HEADERS_MAX) {
      fail("Multipart: More than " + HEADERS_MAX + " headers in one part.");
      return;
    }
    if (current.headers.first(name) != null) {
      fail("Multipart: Duplicate part header: " + Bytes.text(name) + ".");
      return;
    }
    int value = colon + 1;
    while (value < end && Bytes.isSpace(in[value])) {
      value++;
    }
    lastHeader = name;
    current.headers.add(name, Bytes.slice(in, value, end));
  }

  private void fold(MultipartPart current, int from, int end) {
    flags.headerFolding = true;
    byte[] name = lastHeader;
    if (name == null) {
      fail("Multipart: Invalid part header (folding error).");
      return;
    }
    if (in[from] != ' ' && in[from] != '\t') {
      flags.invalidHeaderFolding = true;
    }
    byte[] more = Bytes.trim(Bytes.slice(in, from, end));
    byte[] old = current.headers.value(current.headers.size() - 1);
    byte[] joined = new byte[old.length + 1 + more.length];
    System.arraycopy(old, 0, joined, 0, old.length);
    joined[old.length] = ' ';
    System.arraycopy(more, 0, joined, old.length + 1, more.length);
    if (joined.length > HEADER_LINE_MAX) {
      fail("Multipart: Part header too long.");
    }
    current.headers.replaceLast(joined);
  }

  private void startContent(MultipartPart current, int at) {
    current.offset = at;
    inHeaders = false;
    heldNewline = 0;
    byte[] disposition = current.headers.first(Bytes.of("Content-Disposition"));
    if (disposition == null) {
      fail("Multipart: Part missing Content-Disposition header.");
      return;
    }
    int outcome = ContentDisposition.parse(disposition, current, flags, trace);
    if (outcome < 0) {
      String text = Bytes.text(disposition);
      fail("Multipart: Invalid Content-Disposition header (" + outcome + "): " + text + ".");
    } else if (current.name().length == 0) {
      fail("Multipart: Content-Disposition header missing name field.");
    } else if (current.fileName == null && current.extendedFileName != null) {
      trace.line(4, "Multipart: Warning: no filename= but filename*");
      flags.invalidPart = true;
    }
  }

  /**
   * The newline before a boundary belongs to the boundary, so each is held back until the next
   * line.
   */
  private void dataLine(MultipartPart current, int from, int to, boolean ended) {
    flushNewline(current, from);
    heldNewline = !ended ? 0 : to - from >= 2 && in[to - 2] == '\r' ? 2 : 1;
    current.content.add(in, from, to - heldNewline);
  }

  private void flushNewline(MultipartPart current, int lineStart) {
    current.content.add(in, lineStart - heldNewline, lineStart);
    heldNewline = 0;
  }

  private void endPart() {
    MultipartPart current = part;
    part = null;
    if (current == null) {
      return;
    }
    if (inHeaders) {
      flags.invalidPart = true;
      return;
    }
    if (heldNewline == 1) {
      flags.lfLine = true;
    } else if (heldNewline == 2) {
      flags.crlfLine = true;
    }
    if (current.fileName() != null && ++files > filesMax && filesMax > 0) {
      flags.fileLimitExceeded = true;
      trace.line(4, "Multipart: Upload file limit exceeded");
      return;
    }
    parts.add(current);
    describe(current);
  }

  private void describe(MultipartPart current) {
    if (!trace.on()) {
      return;
    }
    byte[] file = current.fileName();
    String name = Bytes.text(current.name());
    if (file != null) {
      trace.line(
          9,
          ("Multipart: Added file part to the list: name \"%s\" file name \"%s\""
                  + " (offset %d, length %d)")
              .formatted(name, Bytes.text(file), current.offset, current.size()));
    } else {
      trace.line(
          9,
          "Multipart: Added data: name: " + name + ", variable: " + Bytes.text(current.content()));
    }
  }

  private void finish() {
    if (error != null) {
      return;
    }
    if (!complete) {
      fail(
          boundaries > 0
              ? "Multipart: Final boundary missing."
              : "Multipart: No boundaries found in payload.");
    }
    if (complete && flags.unmatchedBoundary == 1) {
      flags.unmatchedBoundary = 2;
    }
  }

  private void warn() {
    warn(flags.dataBefore, "seen data before first boundary.");
    warn(flags.dataAfter, "seen data after last boundary.");
    warn(flags.boundaryQuoted, "boundary was quoted.");
    warn(flags.boundaryWhitespace, "boundary whitespace in C-T header.");
    warn(flags.headerFolding, "header folding used.");
    warn(flags.crlfLine && flags.lfLine, "mixed line endings used (CRLF/LF).");
    warn(!flags.crlfLine && flags.lfLine, "incorrect line endings used (LF).");
    warn(flags.missingSemicolon, "missing semicolon in C-T header.");
    warn(flags.invalidQuoting, "invalid quoting used.");
    warn(flags.invalidPart, "invalid part parsing.");
    warn(flags.invalidHeaderFolding, "invalid header folding used.");
  }

  private void warn(boolean flag, String what) {
    if (flag) {
      trace.line(4, "Multipart: Warning: " + what);
    }
  }
}
