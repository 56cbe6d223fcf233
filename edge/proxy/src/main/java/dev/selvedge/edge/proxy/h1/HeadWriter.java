package dev.selvedge.edge.proxy.h1;

import dev.selvedge.edge.proxy.loop.Worker;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes message heads: assembled in the loop's scratch array, then copied once into the output.
 * Framing fields come from the caller, never from the head. Stateless.
 */
public final class HeadWriter {

  private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
  private static final byte[] HOST = ascii("host: ");
  private static final byte[] CONTENT_LENGTH = ascii("content-length: ");
  private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");
  private static final byte[] CLOSE = ascii("connection: close\r\n");
  private static final byte[] KEEP_ALIVE = ascii("connection: keep-alive\r\n");
  private static final byte[] UPGRADE = ascii("connection: upgrade\r\nupgrade: ");
  private static final byte[] TE_TRAILERS = ascii("connection: te\r\nte: trailers\r\n");

  /** Bytes that a head may need beyond its own: start line, framing, connection. */
  private static final int SLACK = 256;

  /** How the connection goes on after the message. */
  public enum Persistence {
    /** Nothing needs to be said. */
    DEFAULT,
    KEEP_ALIVE,
    CLOSE
  }

  private HeadWriter() {}

  /**
   * Writes a request head as the upstream is to receive it: the normalised path, the raw query, the
   * cleaned fields.
   *
   * @param length of the body, 0 for none, {@link Framing#CHUNKED} for chunked
   * @param upgrade the value of Upgrade to offer, or null
   * @param room bytes of body that will be written behind the head
   */
  public static ByteBuf request(
      Worker worker,
      HttpHead head,
      RequestTarget target,
      long length,
      byte @Nullable [] upgrade,
      boolean trailers,
      int room) {
    byte[] out =
        worker.scratch(
            head.length()
                + head.fieldCount() * 4
                + target.pathLength()
                + target.authorityLength()
                + (upgrade == null ? 0 : upgrade.length)
                + SLACK);
    int at = copy(head.bytes(), head.methodStart(), head.methodLength(), out, 0);
    out[at++] = ' ';
    at = copy(target.pathBytes(), target.pathStart(), target.pathLength(), out, at);
    if (target.hasQuery()) {
      out[at++] = '?';
      at = copy(target.source(), target.queryStart(), target.queryLength(), out, at);
    }
    at = copy(VERSION, out, at);
    at = copy(HOST, out, at);
    at = copy(target.source(), target.hostStart(), target.authorityLength(), out, at);
    at = crlf(out, at);
    at = fields(head, out, at, true);
    if (length == Framing.CHUNKED) {
      at = copy(CHUNKED, out, at);
    } else if (length > 0 || expectsLength(head)) {
      at = contentLength(out, at, length);
    }
    if (upgrade != null) {
      at = copy(UPGRADE, out, at);
      at = copy(upgrade, out, at);
      at = crlf(out, at);
    } else if (trailers) {
      at = copy(TE_TRAILERS, out, at);
    }
    at = crlf(out, at);
    ByteBuf buffer = worker.alloc().directBuffer(at + room);
    return buffer.writeBytes(out, 0, at);
  }

  /** A request whose method usually has a body says so even when it is empty (RFC 9110, 8.6). */
  private static boolean expectsLength(HttpHead head) {
    byte first = head.bytes()[head.methodStart()];
    return first == 'P' && head.methodLength() <= 5 && head.methodLength() >= 3;
  }

  /**
   * Writes a response head.
   *
   * @param length Content-Length to state, {@link Framing#CHUNKED}, or {@link Framing#UNTIL_CLOSE}
   *     to state nothing
   */
  public static ByteBuf response(
      Worker worker, HttpHead head, long length, Persistence persistence, int room) {
    byte[] out = worker.scratch(head.length() + head.fieldCount() * 4 + SLACK);
    int at = copy(StatusLines.of(head.status()), out, 0);
    at = fields(head, out, at, false);
    if (length == Framing.CHUNKED) {
      at = copy(CHUNKED, out, at);
    } else if (length >= 0) {
      at = contentLength(out, at, length);
    }
    switch (persistence) {
      case CLOSE -> at = copy(CLOSE, out, at);
      case KEEP_ALIVE -> at = copy(KEEP_ALIVE, out, at);
      case DEFAULT -> {}
    }
    at = crlf(out, at);
    ByteBuf buffer = worker.alloc().directBuffer(at + room);
    return buffer.writeBytes(out, 0, at);
  }

  /** Writes a 101 that repeats the upstream's choice of protocol. */
  public static ByteBuf switching(Worker worker, HttpHead head, byte[] protocol) {
    byte[] out = worker.scratch(head.length() + head.fieldCount() * 4 + protocol.length + SLACK);
    int at = copy(StatusLines.of(101), out, 0);
    at = fields(head, out, at, false);
    at = copy(UPGRADE, out, at);
    at = copy(protocol, out, at);
    at = crlf(out, at);
    at = crlf(out, at);
    return worker.alloc().directBuffer(at).writeBytes(out, 0, at);
  }

  /** Writes the last chunk and the trailers. */
  public static ByteBuf lastChunk(Worker worker, @Nullable HttpHead trailers) {
    int size = trailers == null ? 0 : trailers.length() + trailers.fieldCount() * 4;
    byte[] out = worker.scratch(size + SLACK);
    out[0] = '0';
    int at = crlf(out, 1);
    if (trailers != null) {
      at = fields(trailers, out, at, false);
    }
    at = crlf(out, at);
    return worker.alloc().directBuffer(at).writeBytes(out, 0, at);
  }

  /** Writes the size line of a chunk into the buffer. */
  public static void chunkSize(ByteBuf buffer, int size) {
    int digits = (35 - Integer.numberOfLeadingZeros(size)) >> 2;
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      int digit = size >> shift & 0xF;
      buffer.writeByte(digit < 10 ? '0' + digit : 'a' + digit - 10);
    }
    buffer.writeShort('\r' << 8 | '\n');
  }

  private static int fields(HttpHead head, byte[] out, int start, boolean skipHost) {
    byte[] bytes = head.bytes();
    int host = dev.selvedge.kernel.KnownField.HOST.id();
    int at = start;
    int count = head.fieldCount();
    for (int i = 0; i < count; i++) {
      if (skipHost && head.knownId(i) == host) {
        continue;
      }
      at = copy(bytes, head.nameStart(i), head.nameLength(i), out, at);
      out[at++] = ':';
      out[at++] = ' ';
      at = copy(bytes, head.valueStart(i), head.valueLength(i), out, at);
      out[at++] = '\r';
      out[at++] = '\n';
    }
    return at;
  }

  private static int contentLength(byte[] out, int start, long value) {
    int at = copy(CONTENT_LENGTH, out, start);
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int i = at + digits - 1; i >= at; i--) {
      out[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return crlf(out, at + digits);
  }

  private static int crlf(byte[] out, int at) {
    out[at] = '\r';
    out[at + 1] = '\n';
    return at + 2;
  }

  private static int copy(byte[] source, byte[] out, int at) {
    return copy(source, 0, source.length, out, at);
  }

  private static int copy(byte[] source, int start, int length, byte[] out, int at) {
    System.arraycopy(source, start, out, at, length);
    return at + length;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
