package dev.selvedge.app.explain;

import dev.selvedge.edge.config.Config;
import dev.selvedge.edge.proxy.exchange.HeadLimits;
import dev.selvedge.edge.proxy.h1.HeadReader;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request as it would arrive, read by the strict reader that reads those of clients. Not
 * thread-safe.
 *
 * @param refused why it would be refused before anything is decided; null where it would not
 * @param https whether it would come over TLS
 */
record Question(
    HttpHead head, byte[] body, @Nullable FailureCode refused, boolean https, int port) {

  private static final Pattern FORM =
      Pattern.compile("([A-Za-z-]{1,32}) (https?)://([^/?#\\s]+)([/?][^\\s]*|)");
  private static final Pattern PORT = Pattern.compile(".*:([0-9]{1,5})");

  /** What was asked is no question; its message says what it should look like. */
  static final class NotAsked extends Exception {
    private static final long serialVersionUID = 1;

    NotAsked(String message) {
      super(message);
    }
  }

  /**
   * Makes the request.
   *
   * @param asked as {@code GET http://host/path?q=1}
   * @param fields as {@code Name: value}
   */
  static Question of(String asked, List<String> fields, byte[] body, Config config)
      throws NotAsked {
    Matcher form = FORM.matcher(asked.strip());
    if (!form.matches()) {
      throw new NotAsked("\"" + asked + "\" is not like 'GET http://host/path?q=1'");
    }
    boolean https = form.group(2).equals("https");
    Matcher port = PORT.matcher(form.group(3));
    String target = form.group(4).startsWith("/") ? form.group(4) : "/" + form.group(4);
    String text = text(form.group(1), target, form.group(3), fields, body.length);
    HttpHead head = new HttpHead();
    HeadReader reader = new HeadReader(true, HeadLimits.of(config.system().limits()));
    ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    HeadReader.Outcome outcome = reader.read(bytes, head);
    FailureCode refused =
        switch (outcome) {
          case COMPLETE -> null;
          case REFUSED -> reader.failure();
          case PARTIAL -> throw new NotAsked("a field holds an empty line");
        };
    int number = port.matches() ? Integer.parseInt(port.group(1)) : https ? 443 : 80;
    return new Question(head, body, refused, https, number);
  }

  private static String text(
      String method, String target, String host, List<String> fields, int bodyBytes)
      throws NotAsked {
    StringBuilder text = new StringBuilder();
    text.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    if (fields.stream().noneMatch(it -> it.regionMatches(true, 0, "host:", 0, 5))) {
      text.append("Host: ").append(host).append("\r\n");
    }
    for (String field : fields) {
      if (field.indexOf(':') < 1 || field.indexOf('\n') >= 0 || field.indexOf('\r') >= 0) {
        throw new NotAsked("\"" + field + "\" is not like 'Name: value'");
      }
      text.append(field).append("\r\n");
    }
    if (bodyBytes > 0) {
      text.append("Content-Length: ").append(bodyBytes).append("\r\n");
    }
    return text.append("\r\n").toString();
  }
}
