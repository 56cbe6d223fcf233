package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.body.Urlencoded;
import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.BodyProcessor;
import dev.selvedge.edge.waf.transform.Base64Coding;
import dev.selvedge.edge.waf.variable.Fields;
import java.util.Arrays;

/** Takes a request's head apart into what rules ask for. */
final class RequestReader {
  private static final byte[] HOST = Bytes.of("Host");
  private static final byte[] COOKIE = Bytes.of("Cookie");
  private static final byte[] CONTENT_TYPE = Bytes.of("Content-Type");
  private static final byte[] AUTHORIZATION = Bytes.of("Authorization");
  private static final byte[] BASIC = Bytes.of("Basic ");
  private static final byte[] MULTIPART = Bytes.of("multipart/form-data");
  private static final byte[] URLENCODED = Bytes.of("application/x-www-form-urlencoded");

  private final State s;
  private final RequestState r;

  RequestReader(State state) {
    this.s = state;
    this.r = state.request;
  }

  void line(byte[] method, byte[] uri, byte[] protocol) {
    r.method = method;
    r.uriRaw = uri;
    r.protocol = protocol;
    r.line = line(method, uri);
    int fragment = Bytes.indexOf(uri, '#', 0, uri.length);
    byte[] target = fragment < 0 ? uri : Bytes.slice(uri, 0, fragment);
    int question = Bytes.indexOf(target, '?', 0, target.length);
    r.path = percentDecode(question < 0 ? target : Bytes.slice(target, 0, question));
    int slash = Math.max(Bytes.lastIndexOf(r.path, '/'), Bytes.lastIndexOf(r.path, '\\'));
    if (slash >= 0 && slash + 1 < r.path.length) {
      r.baseName = Bytes.slice(r.path, slash + 1, r.path.length);
    }
    r.uri = withoutAuthority(percentDecode(target));
    if (question >= 0) {
      r.query = Bytes.slice(target, question + 1, target.length);
      r.urlencodedError |=
          Urlencoded.parse(r.query, s.settings.argumentSeparator(), this::queryArg);
    }
  }

  private byte[] line(byte[] method, byte[] uri) {
    byte[] protocol = r.protocol;
    byte[] line = Arrays.copyOf(method, method.length + uri.length + protocol.length + 2);
    line[method.length] = ' ';
    System.arraycopy(uri, 0, line, method.length + 1, uri.length);
    line[method.length + 1 + uri.length] = ' ';
    System.arraycopy(protocol, 0, line, line.length - protocol.length, protocol.length);
    return line;
  }

  private boolean queryArg(byte[] name, byte[] value) {
    return argument("GET", r.argsGet, name, value);
  }

  /** Adds an argument of the request; false where there are too many. */
  boolean argument(String origin, Fields own, byte[] name, byte[] whole) {
    int limit = s.settings.argumentsLimit();
    int max = limit > 0 ? Math.min(limit, s.options.argumentsMax()) : s.options.argumentsMax();
    if (r.args.size() >= max) {
      r.argsOverLimit = true;
      s.log(4, "Skipping request argument, over limit (" + max + ")");
      return false;
    }
    byte[] value = cut(whole);
    if (s.trace.on()) {
      s.log(
          4,
          "Adding request argument (%s): name \"%s\", value \"%s\""
              .formatted(origin, oneLine(name), oneLine(value)));
    }
    r.args.add(name, value);
    if (own != r.args) {
      own.add(r.args, r.args.size() - 1);
    }
    r.argsBytes += name.length + value.length;
    return true;
  }

  /** For the trace: without line ends, so that no argument writes lines of it. */
  private static String oneLine(byte[] text) {
    return Bytes.text(text).replace("\r", "").replace("\n", "");
  }

  private byte[] cut(byte[] value) {
    int max = s.options.argumentBytesMax();
    if (value.length <= max) {
      return value;
    }
    r.argumentCut = true;
    return Bytes.slice(value, 0, max);
  }

  void header(Fields headers, int index) {
    r.headers.add(headers, index);
    byte[] name = headers.name(index);
    byte[] value = headers.value(index);
    if (Bytes.equalsIgnoreCase(name, HOST)) {
      host(value);
    } else if (Bytes.equalsIgnoreCase(name, COOKIE)) {
      cookies(value);
    } else if (Bytes.equalsIgnoreCase(name, CONTENT_TYPE)) {
      contentType(value);
    } else if (Bytes.equalsIgnoreCase(name, AUTHORIZATION)) {
      authorization(value);
    }
  }

  private void authorization(byte[] value) {
    int space = Bytes.indexOf(value, ' ', 0, value.length);
    r.authType = space < 0 ? value : Bytes.slice(value, 0, space);
    if (Bytes.regionEqualsIgnoreCase(value, 0, BASIC)) {
      byte[] user = Base64Coding.decode(Bytes.slice(value, BASIC.length, value.length));
      int colon = Bytes.indexOf(user, ':', 0, user.length);
      r.remoteUser = colon < 0 ? user : Bytes.slice(user, 0, colon);
    }
  }

  /** Blanks count as part of a value, but for those behind the last one (RFC 6265, 4.2.1). */
  private void cookies(byte[] value) {
    int last = value.length;
    while (last > 0 && Bytes.isSpace(value[last - 1])) {
      last--;
    }
    int at = 0;
    while (at < last) {
      int end = Bytes.indexOf(value, ';', at, last);
      int to = end < 0 ? last : end;
      while (at < to && Bytes.isSpace(value[at])) {
        at++;
      }
      int equals = Bytes.indexOf(value, '=', at, to);
      byte[] name = Bytes.slice(value, at, equals < 0 ? to : equals);
      if (name.length > 0) {
        byte[] text = equals < 0 ? Bytes.EMPTY : Bytes.slice(value, equals + 1, to);
        r.cookies.add(name, text);
      }
      at = to + 1;
    }
  }

  private void contentType(byte[] value) {
    r.contentType = value;
    if (Bytes.regionEqualsIgnoreCase(value, 0, MULTIPART)) {
      r.processor = BodyProcessor.MULTIPART;
    } else if (Bytes.regionEqualsIgnoreCase(value, 0, URLENCODED)) {
      r.processor = BodyProcessor.URLENCODED;
    }
  }

  private void host(byte[] value) {
    int colon = Bytes.lastIndexOf(value, ':');
    boolean v6 = value.length > 0 && value[value.length - 1] == ']';
    r.serverName = colon < 0 || v6 ? value : Bytes.slice(value, 0, colon);
  }

  /** %XX only: in a path, + is a plus sign. */
  private static byte[] percentDecode(byte[] in) {
    if (Bytes.indexOf(in, '%', 0, in.length) < 0) {
      return in;
    }
    ByteOutput out = new ByteOutput(in.length);
    for (int i = 0; i < in.length; i++) {
      boolean escape = in[i] == '%' && i + 2 < in.length;
      if (escape && Bytes.isHex(in[i + 1]) && Bytes.isHex(in[i + 2])) {
        out.add(Bytes.hexPair(in, i + 1));
        i += 2;
      } else {
        out.add(in[i]);
      }
    }
    return out.toBytes();
  }

  /** The absolute form without scheme and authority. */
  private static byte[] withoutAuthority(byte[] uri) {
    if (uri.length == 0 || uri[0] == '/') {
      return uri;
    }
    int colon = Bytes.indexOf(uri, ':', 0, uri.length);
    if (colon < 0 || colon + 2 >= uri.length || uri[colon + 1] != '/' || uri[colon + 2] != '/') {
      return uri;
    }
    int slash = Bytes.indexOf(uri, '/', colon + 3, uri.length);
    return slash < 0 ? uri : Bytes.slice(uri, slash, uri.length);
  }
}
