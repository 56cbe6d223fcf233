package dev.selvedge.app;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The program's own log: one JSON object a line on standard output, nothing from the network
 * unescaped. Request lines do not pass here. Thread-safe.
 */
public final class JsonLines extends Handler {

  private static final PrintStream OUT = System.out;

  private JsonLines() {}

  /** Makes every logger of the process write here, from level INFO. */
  public static void install() {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.addHandler(new JsonLines());
    root.setLevel(Level.INFO);
  }

  /** Writes a line with further members, already JSON, such as {@code ,"ms":12}. */
  static void line(String level, String message, String members) {
    StringBuilder line = new StringBuilder(160);
    line.append("{\"time\":\"").append(Instant.now()).append("\",\"level\":\"").append(level);
    line.append("\",\"msg\":");
    quote(line, message);
    line.append(members).append("}");
    synchronized (OUT) {
      OUT.println(line);
      OUT.flush();
    }
  }

  @Override
  public void publish(LogRecord entry) {
    if (!isLoggable(entry)) {
      return;
    }
    StringBuilder members = new StringBuilder();
    members.append(",\"logger\":");
    quote(members, String.valueOf(entry.getLoggerName()));
    Throwable thrown = entry.getThrown();
    if (thrown != null) {
      members.append(",\"exception\":");
      quote(members, trace(thrown));
    }
    line(level(entry.getLevel()), String.valueOf(entry.getMessage()), members.toString());
  }

  /** The words of our own lines: error, warn, info. */
  private static String level(Level level) {
    if (level.intValue() >= Level.SEVERE.intValue()) {
      return "error";
    }
    return level.intValue() >= Level.WARNING.intValue() ? "warn" : "info";
  }

  private static String trace(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /** Appends a JSON string. */
  static void quote(StringBuilder out, @Nullable String text) {
    out.append('"');
    String value = String.valueOf(text);
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> {
          if (c < 0x20 || c == 0x7F || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  @Override
  public void flush() {
    OUT.flush();
  }

  @Override
  public void close() {}
}
