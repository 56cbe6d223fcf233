package dev.selvedge.edge.proxy.rig;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client that sends exactly the bytes it is told to and reads answers by their framing. */
public final class RawClient implements AutoCloseable {

  private static final int TIMEOUT_MILLIS = 10_000;

  private final Socket socket;
  private final InputStream in;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  public static RawClient connect(int port) throws IOException {
    return connect(port, 0);
  }

  /** Connects with a receive buffer of that size, 0 for the system's. */
  public static RawClient connect(int port, int receiveBuffer) throws IOException {
    return connect(port, receiveBuffer, "127.0.0.1");
  }

  /** Connects from a chosen loopback address. */
  public static RawClient connect(int port, int receiveBuffer, String from) throws IOException {
    Socket socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
    return new RawClient(socket);
  }

  /** Sends the text as Latin-1, as it stands. */
  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Sends a GET with a Host field. */
  public RawClient get(String target) throws IOException {
    return send("GET " + target + " HTTP/1.1\r\nHost: test.example\r\n\r\n");
  }

  /** Reads the answer to a request other than HEAD. */
  public Answer answer() throws IOException {
    return answer(false);
  }

  /** Reads an answer whose first byte was read before. */
  public Answer answer(char first) throws IOException {
    return answer(first + line(), false);
  }

  public Answer answer(boolean toHead) throws IOException {
    return answer(line(), toHead);
  }

  private Answer answer(String statusLine, boolean toHead) throws IOException {
    int status = Integer.parseInt(statusLine.substring(9, 12));
    List<String> fields = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      fields.add(line);
    }
    Answer head = new Answer(status, fields, new byte[0]);
    if (toHead || status < 200 || status == 204 || status == 304) {
      return head;
    }
    String length = head.field("content-length");
    byte[] body =
        length != null
            ? exactly(Integer.parseInt(length))
            : "chunked".equals(head.field("transfer-encoding")) ? chunked(fields) : rest();
    return new Answer(status, fields, body);
  }

  private byte[] chunked(List<String> fields) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      body.write(exactly(size));
      if (!line().isEmpty()) {
        throw new IOException("a chunk does not end with CRLF");
      }
    }
    for (String line = line(); !line.isEmpty(); line = line()) {
      fields.add(line);
    }
    return body.toByteArray();
  }

  public byte[] exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("ended after " + bytes.length + " of " + count + " bytes");
    }
    return bytes;
  }

  /** One byte, or −1 at the end. */
  public int read() throws IOException {
    return in.read();
  }

  /** Everything up to the end. */
  public byte[] rest() throws IOException {
    return in.readAllBytes();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int b = in.read();
    while (b != '\n') {
      if (b < 0) {
        throw new EOFException("ended in a line: " + line);
      }
      line.append((char) b);
      b = in.read();
    }
    int end = line.length() - 1;
    if (end < 0 || line.charAt(end) != '\r') {
      throw new IOException("a line ends without CR: " + line);
    }
    return line.substring(0, end);
  }

  /** Whether the other side has closed: the end is read, or a reset. Waits for it. */
  public boolean closed() {
    try {
      return in.read() < 0;
    } catch (java.net.SocketTimeoutException stillOpen) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  public void endOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes before the end of the test. */
  public void hangUp() throws IOException {
    socket.close();
  }

  /** Closes with a reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  public Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
