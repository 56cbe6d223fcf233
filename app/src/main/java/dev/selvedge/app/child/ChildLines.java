package dev.selvedge.app.child;

import dev.selvedge.edge.proxy.record.JsonText;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/**
 * Passes on what a child prints, each line as one line of our log with the agent's name. Whatever
 * it prints, it cannot forge a line, and it cannot flood the log: lines are cut at 8 KiB, and of
 * more than 50 a second (200 at once) only their number is told. Confined to one thread.
 */
final class ChildLines {

  static final int LINE_MAX = 8 * 1024;
  static final int PER_SECOND = 50;
  static final int AT_ONCE = 200;

  private static final long SECOND = 1_000_000_000L;
  private static final String LEVEL = "\"level\":\"";
  private static final String MESSAGE = "\",\"msg\":\"";

  private final String members;
  private final ChildLog log;
  private final LongSupplier nanos;
  private long tokenNanos = AT_ONCE * SECOND / PER_SECOND;
  private long countedAt;
  private long suppressed;

  ChildLines(String agent, ChildLog log, LongSupplier nanos) {
    this.members = ",\"agent\":" + JsonText.quoted(agent);
    this.log = log;
    this.nanos = nanos;
    this.countedAt = nanos.getAsLong();
  }

  /** Reads to the end. */
  void read(InputStream out) {
    try (InputStream in = new BufferedInputStream(out)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          line(line.toString(StandardCharsets.UTF_8));
          line.reset();
        } else if (line.size() < LINE_MAX) {
          line.write(b);
        }
      }
      if (line.size() > 0) {
        line(line.toString(StandardCharsets.UTF_8));
      }
    } catch (IOException ended) {
      // The child is gone, and its pipe with it.
    }
    tellSuppressed();
  }

  void line(String text) {
    long now = nanos.getAsLong();
    tokenNanos = Math.min(tokenNanos + now - countedAt, AT_ONCE * SECOND / PER_SECOND);
    countedAt = now;
    if (tokenNanos < SECOND / PER_SECOND) {
      suppressed++;
      return;
    }
    tokenNanos -= SECOND / PER_SECOND;
    tellSuppressed();
    pass(text);
  }

  private void tellSuppressed() {
    if (suppressed > 0) {
      log.line("warn", "lines of the agent left out: " + suppressed, members);
      suppressed = 0;
    }
  }

  /** Lines of our own form keep level and text; what follows them becomes one member. */
  private void pass(String text) {
    int level = text.indexOf(LEVEL);
    int message = level < 0 ? -1 : text.indexOf(MESSAGE, level);
    int start = message + MESSAGE.length();
    int end = message < 0 || !text.startsWith("{\"time\":") ? -1 : closing(text, start);
    if (end < 0 || !text.endsWith("}")) {
      log.line("info", text, members);
      return;
    }
    String rest = text.substring(end + 1, text.length() - 1);
    String detail = rest.isEmpty() ? "" : ",\"detail\":" + JsonText.quoted(rest.substring(1));
    log.line(
        known(text.substring(level + LEVEL.length(), message)),
        unescaped(text.substring(start, end)),
        members + detail);
  }

  private static String known(String level) {
    return switch (level) {
      case "error", "severe" -> "error";
      case "warn", "warning" -> "warn";
      default -> "info";
    };
  }

  /** Index of the quote that ends a JSON string, or −1. */
  private static int closing(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        return i;
      }
      if (c == '\\') {
        i++;
      }
    }
    return -1;
  }

  /** The usual escapes; others stay as they are, and are escaped again where they are written. */
  private static String unescaped(String text) {
    return text.indexOf('\\') < 0
        ? text
        : text.replace("\\\\", "\u0000")
            .replace("\\\"", "\"")
            .replace("\\n", "\n")
            .replace("\u0000", "\\");
  }
}
