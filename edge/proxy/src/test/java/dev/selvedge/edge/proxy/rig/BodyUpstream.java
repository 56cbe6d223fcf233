package dev.selvedge.edge.proxy.rig;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A real server that keeps the bodies it gets, sized or chunked, and answers with what it is told.
 */
public final class BodyUpstream implements AutoCloseable {

  /** One request. */
  public record Got(String head, byte[] body) {}

  private final LinkedBlockingQueue<Got> got = new LinkedBlockingQueue<>();
  private final ScriptedUpstream server;
  private volatile byte[] answer = text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

  private BodyUpstream() throws IOException {
    server = ScriptedUpstream.start(this::serve);
  }

  public static BodyUpstream start() throws IOException {
    return new BodyUpstream();
  }

  private void serve(ScriptedUpstream.Connection connection) throws IOException {
    for (String head = connection.head(); !head.isEmpty(); head = connection.head()) {
      byte[] body =
          head.contains("transfer-encoding: chunked")
              ? chunked(connection)
              : connection.exactly(ScriptedUpstream.length(head));
      got.add(new Got(head, body));
      connection.send(answer);
    }
  }

  private static byte[] chunked(ScriptedUpstream.Connection connection) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = size(connection); size > 0; size = size(connection)) {
      body.write(connection.exactly(size));
      connection.exactly(2);
    }
    connection.exactly(2);
    return body.toByteArray();
  }

  private static int size(ScriptedUpstream.Connection connection) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = connection.read(); b != '\n'; b = connection.read()) {
      if (b < 0) {
        throw new IOException("ended in a chunk's size");
      }
      line.append((char) b);
    }
    return Integer.parseInt(line.toString().strip(), 16);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** From here on it answers with that. */
  public void answer(String head, byte[] body) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(text(head));
    all.writeBytes(body);
    answer = all.toByteArray();
  }

  /** The next request that has come in whole. */
  public Got got() throws InterruptedException {
    Got next = got.poll(20, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no request within 20 s");
    }
    return next;
  }

  /** Whether any byte has arrived. */
  public boolean untouched() {
    return server.received().isEmpty();
  }

  public ScriptedUpstream server() {
    return server;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
