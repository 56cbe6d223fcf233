package dev.selvedge.app.waf;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The backend of the CRS's tests: {@code /reflect} answers what its request asks for, everything
 * else an empty 200. JSON is read as the YAML that it is.
 */
final class CrsUpstream implements AutoCloseable {

  private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());

  CrsUpstream() throws IOException {
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private static void serve(Socket client) {
    try (client;
        InputStream in = new BufferedInputStream(client.getInputStream())) {
      OutputStream out = client.getOutputStream();
      for (String line = line(in); !line.isEmpty(); line = line(in)) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field = line(in); !field.isEmpty(); field = line(in)) {
          int colon = field.indexOf(':');
          String name = field.substring(0, colon).toLowerCase(Locale.ROOT);
          fields.put(name, field.substring(colon + 1).strip());
        }
        byte[] body = body(in, fields);
        boolean bodiless = line.startsWith("HEAD ");
        out.write(answer(line.split(" ", -1)[1], body, bodiless));
        out.flush();
      }
    } catch (IOException gone) {
      // The proxy ended the connection.
    }
  }

  private static byte[] body(InputStream in, Map<String, String> fields) throws IOException {
    if (fields.containsKey("transfer-encoding")) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int size = Integer.parseInt(line(in), 16); ; size = Integer.parseInt(line(in), 16)) {
        all.writeBytes(in.readNBytes(size));
        line(in);
        if (size == 0) {
          return all.toByteArray();
        }
      }
    }
    return in.readNBytes(Integer.parseInt(fields.getOrDefault("content-length", "0")));
  }

  private static byte[] answer(String target, byte[] body, boolean bodiless) {
    Map<?, ?> wanted = Map.of();
    if (target.startsWith("/reflect") && body.length > 0) {
      String json = new String(body, StandardCharsets.UTF_8);
      Object read = new Load(LoadSettings.builder().build()).loadFromString(json);
      wanted = read instanceof Map<?, ?> map ? map : Map.of();
    }
    byte[] content = content(wanted);
    StringBuilder head = new StringBuilder("HTTP/1.1 ");
    Object status = wanted.get("status");
    head.append(status == null ? 200 : status).append(" Any\r\n");
    boolean typed = false;
    if (wanted.get("headers") instanceof Map<?, ?> fields) {
      for (Map.Entry<?, ?> field : fields.entrySet()) {
        typed |= field.getKey().toString().equalsIgnoreCase("content-type");
        head.append(field.getKey()).append(": ").append(field.getValue()).append("\r\n");
      }
    }
    head.append(typed ? "" : "Content-Type: text/plain; charset=utf-8\r\n");
    head.append("Content-Length: ").append(content.length).append("\r\n\r\n");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
    if (!bodiless) {
      out.writeBytes(content);
    }
    return out.toByteArray();
  }

  private static byte[] content(Map<?, ?> wanted) {
    if (wanted.get("encodedBody") instanceof String encoded) {
      return Base64.getMimeDecoder().decode(encoded);
    }
    Object body = wanted.get("body");
    return body == null ? new byte[0] : body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      line.write(b);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
