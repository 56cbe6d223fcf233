package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * Splits a rule file into statements: a backslash at the end of a line continues it, # at its start
 * comments it out, double or single quotes hold an argument together and {@code \"} stands for a
 * quote inside it; every other backslash is the argument's own.
 *
 * <p>Not thread-safe.
 */
final class StatementReader {
  /** The line end may stand for the closing quote of a rule's actions, as in libmodsecurity. */
  private static final int WORDS_BEFORE_ACTIONS = 3;

  private final String file;
  private final Problems problems;
  private final List<Statement> statements = new ArrayList<>();

  private StatementReader(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
  }

  static List<Statement> read(String file, byte[] content, Problems problems) {
    StatementReader reader = new StatementReader(file, problems);
    reader.lines(Bytes.text(content).split("\n", -1));
    return reader.statements;
  }

  private void lines(String[] lines) {
    StringBuilder logical = new StringBuilder();
    int start = 0;
    boolean open = false;
    for (int i = 0; i < lines.length; i++) {
      String line =
          lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
      if (!open) {
        start = i + 1;
        if (line.isBlank() || line.stripLeading().startsWith("#")) {
          continue;
        }
      }
      open = line.endsWith("\\");
      logical.append(open ? line.substring(0, line.length() - 1) : line);
      if (!open) {
        statement(logical.toString(), new Place(file, start));
        logical.setLength(0);
      }
    }
    if (!logical.isEmpty()) {
      statement(logical.toString(), new Place(file, start));
    }
  }

  private void statement(String text, Place place) {
    List<String> words = new ArrayList<>();
    int at = 0;
    while (true) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      if (at >= text.length()) {
        break;
      }
      char c = text.charAt(at);
      StringBuilder word = new StringBuilder();
      if (c == '"' || c == '\'') {
        int end = quoted(text, at + 1, c, word);
        if (end < 0 && words.size() == WORDS_BEFORE_ACTIONS) {
          end = text.length();
        } else if (end < 0) {
          problems.add(place, "a quote is not closed: " + text.substring(at));
          return;
        }
        at = end;
      } else {
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
          word.append(text.charAt(at++));
        }
      }
      words.add(word.toString());
    }
    if (!words.isEmpty()) {
      statements.add(new Statement(place, words.getFirst(), words.subList(1, words.size())));
    }
  }

  /** Reads up to the closing quote; returns the index after it, -1 where there is none. */
  private static int quoted(String text, int from, char quote, StringBuilder word) {
    for (int at = from; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        char next = text.charAt(at + 1);
        if (next != quote) {
          word.append(c);
        }
        word.append(next);
        at++;
      } else if (c == quote) {
        return at + 1;
      } else {
        word.append(c);
      }
    }
    return -1;
  }
}
