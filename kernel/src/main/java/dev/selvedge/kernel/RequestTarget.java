package dev.selvedge.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A request's authority, path and query, made once and read by everyone, so that nobody can
 * disagree about what was asked for.
 *
 * <p>The path is normalised once: percent-encoded unreserved characters are decoded, the hex of the
 * rest is put in upper case, then dot segments are removed (RFC 3986, 6.2.2). {@code %2F}, {@code
 * %5C}, {@code //} and {@code ;} stay, and a percent sign without two hex digits behind it is
 * refused: so nothing can be decoded twice, and normalising again changes nothing. That is the law
 * {@code route(x) == route(forwarded(x))}.
 *
 * <p>All parts are offsets into arrays of this object or of the head, valid until the head is
 * cleared. A path that is already normal (almost all are) is not copied. Reused through {@link
 * #parse}. Confined to its event loop.
 */
public final class RequestTarget {

  private static final byte[] ASTERISK = {'*'};
  private static final byte[] SLASH = {'/'};
  private static final byte[] OPTIONS = {'O', 'P', 'T', 'I', 'O', 'N', 'S'};
  private static final byte[] CONNECT = {'C', 'O', 'N', 'N', 'E', 'C', 'T'};

  private static final int PORT_NONE = -1;
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /** Class of a byte in a target. */
  private static final byte REFUSED = 0;

  private static final byte OUTSIDE = 1;
  private static final byte PLAIN = 2;
  private static final byte UNRESERVED = 3;
  private static final byte[] CLASSES = classes();

  private byte[] source = SLASH;
  private int hostStart;
  private int hostLength;
  private int port;
  private int authorityLength;
  private int rawPathStart;
  private int rawPathLength;
  private int queryStart;
  private int queryLength;
  private boolean hasQuery;

  private byte[] pathBytes = SLASH;
  private int pathStart;
  private int pathLength;
  private byte[] scratch = new byte[256];

  /**
   * Reads the head's method, target and Host field; lower-cases the authority in place.
   *
   * @param https whether the connection is secure: tells the default port
   * @param strict refuse bytes outside RFC 3986 that are passed on otherwise
   * @return null, or why the request must be refused
   */
  public @Nullable FailureCode parse(HttpHead head, boolean https, boolean strict) {
    source = head.bytes();
    if (head.methodIs(CONNECT)) {
      return FailureCode.METHOD_UNSUPPORTED;
    }
    int host = head.find(KnownField.HOST, 0);
    if (host < 0 || head.find(KnownField.HOST, host + 1) >= 0) {
      return FailureCode.BAD_HOST;
    }
    int defaultPort = https ? HTTPS_PORT : HTTP_PORT;
    if (!authority(head.valueStart(host), head.valueLength(host))) {
      return FailureCode.BAD_HOST;
    }
    int start = head.targetStart();
    int end = start + head.targetLength();
    if (source[start] == '/') {
      return pathAndQuery(start, end, strict);
    }
    boolean options = head.methodIs(OPTIONS);
    if (end - start == 1 && source[start] == '*') {
      return options ? asterisk(end) : FailureCode.BAD_TARGET;
    }
    return absolute(start, end, options, defaultPort, strict);
  }

  private @Nullable FailureCode asterisk(int end) {
    rawPathStart = end;
    rawPathLength = 0;
    queryLength = 0;
    hasQuery = false;
    pathBytes = ASTERISK;
    pathStart = 0;
    pathLength = 1;
    return null;
  }

  private @Nullable FailureCode absolute(
      int start, int end, boolean options, int defaultPort, boolean strict) {
    int scheme = schemeLength(start, end);
    if (scheme == 0) {
      return FailureCode.BAD_TARGET;
    }
    int authorityStart = start + scheme;
    int path = authorityStart;
    while (path < end && source[path] != '/' && source[path] != '?') {
      path++;
    }
    int fieldHost = hostStart;
    int fieldHostLength = hostLength;
    int fieldPort = port == PORT_NONE ? defaultPort : port;
    int targetDefault = scheme == "https://".length() ? HTTPS_PORT : HTTP_PORT;
    if (!authority(authorityStart, path - authorityStart)) {
      return FailureCode.BAD_TARGET;
    }
    boolean same =
        (port == PORT_NONE ? targetDefault : port) == fieldPort
            && Arrays.equals(
                source,
                hostStart,
                hostStart + hostLength,
                source,
                fieldHost,
                fieldHost + fieldHostLength);
    if (!same) {
      return FailureCode.BAD_HOST;
    }
    if (path == end) {
      return options ? asterisk(end) : root(end);
    }
    return source[path] == '?' ? rootWithQuery(path, end, strict) : pathAndQuery(path, end, strict);
  }

  private @Nullable FailureCode root(int end) {
    asterisk(end);
    pathBytes = SLASH;
    return null;
  }

  private @Nullable FailureCode rootWithQuery(int mark, int end, boolean strict) {
    root(mark);
    return query(mark, end, strict);
  }

  /** Length of {@code http://} or {@code https://} at start, in any case, or 0. */
  private int schemeLength(int start, int end) {
    String http = "http";
    if (end - start < 7) {
      return 0;
    }
    for (int i = 0; i < 4; i++) {
      if ((source[start + i] | 0x20) != http.charAt(i)) {
        return 0;
      }
    }
    int colon = start + 4;
    if ((source[colon] | 0x20) == 's') {
      colon++;
    }
    boolean separated =
        colon + 2 < end
            && source[colon] == ':'
            && source[colon + 1] == '/'
            && source[colon + 2] == '/';
    return separated ? colon + 3 - start : 0;
  }

  /** Sets host and port; lower-cases in place. No userinfo, no empty host, no empty port. */
  private boolean authority(int start, int count) {
    int end = start + count;
    authorityLength = count;
    int i = start;
    if (count > 0 && source[start] == '[') {
      i = ipv6Literal(start + 1, end);
      if (i < 0) {
        return false;
      }
    } else {
      while (i < end && source[i] != ':') {
        byte b = source[i];
        if (b >= 'A' && b <= 'Z') {
          source[i] = (byte) (b | 0x20);
        } else if (CLASSES[b & 0xFF] != UNRESERVED) {
          return false;
        }
        i++;
      }
    }
    hostStart = start;
    hostLength = i - start;
    port = PORT_NONE;
    return hostLength > 0 && (i == end || port(i + 1, end));
  }

  /** Index behind the closing bracket, or −1. */
  private int ipv6Literal(int start, int end) {
    for (int i = start; i < end; i++) {
      byte b = source[i];
      if (b == ']') {
        boolean delimited = i + 1 == end || source[i + 1] == ':';
        return i - start >= 2 && delimited ? i + 1 : -1;
      }
      byte lower = (byte) (b | 0x20);
      if (lower >= 'a' && lower <= 'f') {
        source[i] = lower;
      } else if ((b < '0' || b > '9') && b != ':' && b != '.') {
        return -1;
      }
    }
    return -1;
  }

  private boolean port(int start, int end) {
    if (start == end || end - start > 5) {
      return false;
    }
    int value = 0;
    for (int i = start; i < end; i++) {
      int digit = source[i] - '0';
      if (digit < 0 || digit > 9) {
        return false;
      }
      value = value * 10 + digit;
    }
    port = value;
    return value <= 65_535;
  }

  private @Nullable FailureCode pathAndQuery(int start, int end, boolean strict) {
    byte lowest = strict ? PLAIN : OUTSIDE;
    boolean normal = true;
    int i = start;
    for (; i < end && source[i] != '?'; i++) {
      byte b = source[i];
      if (CLASSES[b & 0xFF] < lowest) {
        return FailureCode.BAD_TARGET;
      }
      if (b == '%') {
        if (i + 2 >= end || hex(source[i + 1]) < 0 || hex(source[i + 2]) < 0) {
          return FailureCode.BAD_TARGET;
        }
        normal &= normalTriplet(i);
        i += 2;
      } else if (b == '.' && source[i - 1] == '/') {
        normal = false;
      }
    }
    rawPathStart = start;
    rawPathLength = i - start;
    if (normal) {
      pathBytes = source;
      pathStart = start;
      pathLength = i - start;
    } else {
      normalise(start, i);
    }
    return query(i, end, strict);
  }

  private boolean normalTriplet(int at) {
    byte high = source[at + 1];
    byte low = source[at + 2];
    return high < 'a' && low < 'a' && CLASSES[hex(high) << 4 | hex(low)] != UNRESERVED;
  }

  private @Nullable FailureCode query(int mark, int end, boolean strict) {
    hasQuery = mark < end;
    queryStart = hasQuery ? mark + 1 : end;
    queryLength = end - queryStart;
    byte lowest = strict ? PLAIN : OUTSIDE;
    for (int i = queryStart; i < end; i++) {
      if (CLASSES[source[i] & 0xFF] < lowest) {
        return FailureCode.BAD_TARGET;
      }
    }
    return null;
  }

  /** Writes the normal form of the raw path into the scratch array. */
  private void normalise(int start, int end) {
    if (scratch.length < end - start + 1) {
      scratch = new byte[Math.max(end - start + 1, scratch.length * 2)];
    }
    int to = 0;
    for (int i = start; i < end; i++) {
      byte b = source[i];
      if (b != '%') {
        scratch[to++] = b;
        continue;
      }
      int value = hex(source[i + 1]) << 4 | hex(source[i + 2]);
      if (CLASSES[value] == UNRESERVED) {
        scratch[to++] = (byte) value;
      } else {
        scratch[to++] = '%';
        scratch[to++] = upper(source[i + 1]);
        scratch[to++] = upper(source[i + 2]);
      }
      i += 2;
    }
    pathBytes = scratch;
    pathStart = 0;
    pathLength = removeDotSegments(scratch, to);
  }

  /** RFC 3986, 5.2.4, in place on a path that begins with a slash; returns the new length. */
  private static int removeDotSegments(byte[] path, int length) {
    int to = 0;
    int from = 0;
    while (from < length) {
      int segmentEnd = from + 1;
      while (segmentEnd < length && path[segmentEnd] != '/') {
        segmentEnd++;
      }
      int segment = segmentEnd - from - 1;
      boolean one = segment == 1 && path[from + 1] == '.';
      boolean two = segment == 2 && path[from + 1] == '.' && path[from + 2] == '.';
      if (one || two) {
        if (two) {
          to = parent(path, to);
        }
        if (segmentEnd == length) {
          path[to++] = '/';
        }
      } else {
        System.arraycopy(path, from, path, to, segmentEnd - from);
        to += segmentEnd - from;
      }
      from = segmentEnd;
    }
    return to;
  }

  /** Length of the path without its last segment and the slash before it. */
  private static int parent(byte[] path, int length) {
    int to = length;
    while (to > 0 && path[to - 1] != '/') {
      to--;
    }
    return Math.max(0, to - 1);
  }

  private static byte upper(byte hexDigit) {
    return hexDigit >= 'a' ? (byte) (hexDigit - 0x20) : hexDigit;
  }

  private static int hex(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    int lower = b | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }

  private static byte[] classes() {
    byte[] classes = new byte[256];
    Arrays.fill(classes, 0x21, 0x7F, OUTSIDE);
    Arrays.fill(classes, 0x80, 0x100, OUTSIDE);
    mark(classes, "!$&'()*+,;=:@/%?", PLAIN);
    for (char c = '0'; c <= 'z'; c++) {
      if (c <= '9' || c >= 'a' || (c >= 'A' && c <= 'Z')) {
        classes[c] = UNRESERVED;
      }
    }
    mark(classes, "-._~", UNRESERVED);
    classes['#'] = REFUSED;
    return classes;
  }

  private static void mark(byte[] classes, String characters, byte as) {
    for (int i = 0; i < characters.length(); i++) {
      classes[characters.charAt(i)] = as;
    }
  }

  // ---- what was asked for

  /** The array that authority, raw path and query lie in. */
  public byte[] source() {
    return source;
  }

  public int hostStart() {
    return hostStart;
  }

  public int hostLength() {
    return hostLength;
  }

  /** Host and port as sent, in lower case; begins at {@link #hostStart}. */
  public int authorityLength() {
    return authorityLength;
  }

  /** The port as sent, or −1 where none was. */
  public int port() {
    return port;
  }

  /** The array that the normalised path lies in. */
  public byte[] pathBytes() {
    return pathBytes;
  }

  public int pathStart() {
    return pathStart;
  }

  public int pathLength() {
    return pathLength;
  }

  public int rawPathStart() {
    return rawPathStart;
  }

  public int rawPathLength() {
    return rawPathLength;
  }

  /** Whether a question mark was sent; the query behind it may be empty. */
  public boolean hasQuery() {
    return hasQuery;
  }

  public int queryStart() {
    return queryStart;
  }

  public int queryLength() {
    return queryLength;
  }

  /** Whether the path was sent in normal form. */
  public boolean pathIsNormal() {
    return rawPathLength == 0
        || Arrays.equals(
            pathBytes,
            pathStart,
            pathStart + pathLength,
            source,
            rawPathStart,
            rawPathStart + rawPathLength);
  }

  public String path() {
    return new String(pathBytes, pathStart, pathLength, StandardCharsets.ISO_8859_1);
  }

  public String host() {
    return new String(source, hostStart, hostLength, StandardCharsets.ISO_8859_1);
  }

  /** The raw query without its question mark; empty where none was sent. */
  public String query() {
    return new String(source, queryStart, queryLength, StandardCharsets.ISO_8859_1);
  }
}
