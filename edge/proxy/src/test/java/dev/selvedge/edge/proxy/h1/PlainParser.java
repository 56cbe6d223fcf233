package dev.selvedge.edge.proxy.h1;

import static dev.selvedge.edge.proxy.h1.CodecRun.LIMITS;

import dev.selvedge.kernel.KnownField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 from a whole text with the grammar of RFC 9112 as regular expressions: slow,
 * plain, and written apart from the codec, so that both are wrong only together. Says "open" where
 * the text ends before the message does.
 */
final class PlainParser {

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
  private static final String VCHAR = "[\\t\\x20-\\x7e\\x80-\\xff]";
  private static final Pattern REQUEST =
      Pattern.compile("(" + TOKEN + "{1,32}) ([\\t\\x21-\\x7e\\x80-\\xff]+) HTTP/1[.]([01])");
  private static final Pattern STATUS =
      Pattern.compile("HTTP/1[.]([01]) ([1-5][0-9][0-9])( " + VCHAR + "*)?");
  private static final Pattern FIELD =
      Pattern.compile("(" + TOKEN + "+):[ \\t]*(" + VCHAR + "*?)[ \\t]*");
  private static final String QUOTED =
      "\"(?:[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\" + VCHAR + ")*+\"";
  private static final String EXTENSION =
      ";[ \\t]*" + TOKEN + "+(?:[ \\t]*=[ \\t]*(?:" + TOKEN + "+|" + QUOTED + "))?";
  private static final Pattern SIZE =
      Pattern.compile("([0-9A-Fa-f]{1,15})(" + EXTENSION + "(?:[ \\t]*" + EXTENSION + ")*)?");

  /** Why reading ended. */
  private static final class Ended extends Exception {
    private static final long serialVersionUID = 1;

    Ended(String how) {
      super(how);
    }
  }

  private final String text;
  private final boolean request;
  private final List<String> understood = new ArrayList<>();
  private int at;

  private PlainParser(String text, boolean request) {
    this.text = text;
    this.request = request;
  }

  /** The lines that {@link CodecRun#read} should write down. */
  static List<String> read(String text, boolean request) {
    PlainParser parser = new PlainParser(text, request);
    try {
      while (parser.at < text.length()) {
        parser.message();
      }
      parser.understood.add("open");
    } catch (Ended ended) {
      parser.understood.add(String.valueOf(ended.getMessage()));
    }
    return parser.understood;
  }

  private static Ended refused() {
    return new Ended("refused");
  }

  private void message() throws Ended {
    List<String> lines = headLines();
    Matcher start = (request ? REQUEST : STATUS).matcher(lines.getFirst());
    if (!start.matches() || request && start.group(2).length() > LIMITS.target()) {
      throw refused();
    }
    boolean version10 = start.group(request ? 3 : 1).equals("0");
    List<String[]> fields = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      fields.add(field(line, "refused"));
    }
    if (fields.size() > LIMITS.fields()) {
      throw refused();
    }
    long length = length(fields, version10, request ? 200 : Integer.parseInt(start.group(2)));
    StringBuilder shown = new StringBuilder();
    shown.append(request ? start.group(1) + " " + start.group(2) : start.group(2));
    shown.append(version10 ? " 1.0" : " 1.1");
    fields.forEach(field -> shown.append('|').append(field[0]).append('=').append(field[1]));
    understood.add(shown + "| length " + length + " alive " + alive(fields, version10));
    body(length);
  }

  private List<String> headLines() throws Ended {
    int start = at;
    List<String> lines = new ArrayList<>();
    boolean skipped = false;
    while (true) {
      String line = line(start, LIMITS.head(), "refused");
      if (!line.isEmpty()) {
        lines.add(line);
      } else if (!lines.isEmpty()) {
        return lines;
      } else if (skipped || !request) {
        throw refused();
      } else {
        skipped = true;
      }
    }
  }

  /** The next line without its CRLF, of a section that began at start. */
  private String line(int start, int most, String fault) throws Ended {
    int end = text.indexOf('\n', at);
    if (end < 0) {
      throw new Ended(text.length() - start > most ? fault : "open");
    }
    if (end == at || text.charAt(end - 1) != '\r' || end + 1 - start > most) {
      throw new Ended(fault);
    }
    String line = text.substring(at, end - 1);
    at = end + 1;
    return line;
  }

  private static String[] field(String line, String fault) throws Ended {
    Matcher field = FIELD.matcher(line);
    if (!field.matches()
        || field.group(1).length() > LIMITS.name()
        || field.group(2).length() > LIMITS.value()) {
      throw new Ended(fault);
    }
    return new String[] {field.group(1).toLowerCase(Locale.ROOT), field.group(2)};
  }

  private static List<String> values(List<String[]> fields, String name) {
    return fields.stream().filter(f -> f[0].equals(name)).map(f -> f[1]).toList();
  }

  private long length(List<String[]> fields, boolean version10, int status) throws Ended {
    List<String> lengths = values(fields, "content-length");
    List<String> codings = values(fields, "transfer-encoding");
    boolean fine =
        lengths.size() + codings.size() <= 1
            && lengths.stream().allMatch(l -> l.matches("[0-9]{1,18}"))
            && codings.stream().allMatch(c -> c.equalsIgnoreCase("chunked") && !version10)
            && values(fields, "expect").stream().allMatch("100-continue"::equalsIgnoreCase);
    if (!fine) {
      throw refused();
    }
    if (!request && (status < 200 || status == 204 || status == 304)) {
      return 0;
    }
    if (!codings.isEmpty()) {
      return Framing.CHUNKED;
    }
    return lengths.isEmpty()
        ? request ? 0 : Framing.UNTIL_CLOSE
        : Long.parseLong(lengths.getFirst());
  }

  private static boolean alive(List<String[]> fields, boolean version10) {
    List<String> options =
        values(fields, "connection").stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .map(option -> option.replaceAll("^[ \\t]+|[ \\t]+$", "").toLowerCase(Locale.ROOT))
            .toList();
    return !options.contains("close") && (!version10 || options.contains("keep-alive"));
  }

  private void body(long length) throws Ended {
    if (length == Framing.CHUNKED) {
      chunks();
      return;
    }
    int rest = text.length() - at;
    if (length == Framing.UNTIL_CLOSE || length > rest) {
      throw new Ended("open body " + text.substring(at));
    }
    understood.add("body " + text.substring(at, at + (int) length));
    at += (int) length;
  }

  private void chunks() throws Ended {
    StringBuilder data = new StringBuilder();
    int extensions = 0;
    while (true) {
      String line = chunkLine(data);
      Matcher size = SIZE.matcher(line);
      if (!size.matches()) {
        throw new Ended("broken");
      }
      @Nullable String extension = size.group(2);
      if (extension != null) {
        extensions += extension.length() + 1;
        if (extension.length() + 1 > 256 || extensions > 4096) {
          throw new Ended("broken");
        }
      }
      long count = Long.parseLong(size.group(1), 16);
      if (count == 0) {
        understood.add("body " + data + trailers(data));
        return;
      }
      int end = (int) Math.min(text.length(), at + count);
      data.append(text, at, end);
      at = end;
      if (at + 2 > text.length()) {
        throw new Ended("open body " + data);
      }
      if (!text.startsWith("\r\n", at)) {
        throw new Ended("broken");
      }
      at += 2;
    }
  }

  private String chunkLine(StringBuilder data) throws Ended {
    try {
      return line(at, Integer.MAX_VALUE, "broken");
    } catch (Ended open) {
      throw "open".equals(open.getMessage()) ? new Ended("open body " + data) : open;
    }
  }

  private String trailers(StringBuilder data) throws Ended {
    StringBuilder kept = new StringBuilder();
    int start = at;
    int count = 0;
    while (true) {
      String line;
      try {
        line = line(start, LIMITS.head(), "broken");
      } catch (Ended open) {
        throw "open".equals(open.getMessage()) ? new Ended("open body " + data) : open;
      }
      if (line.isEmpty()) {
        return kept.toString();
      }
      String[] field = field(line, "broken");
      if (count >= LIMITS.fields()) {
        throw new Ended("broken");
      }
      boolean known =
          Arrays.stream(KnownField.values()).anyMatch(k -> k.fieldName().equals(field[0]));
      boolean validator = field[0].equals("etag") || field[0].equals("last-modified");
      if (known ? validator : !field[0].matches(".*_.*|content-.*|x-forwarded-.*")) {
        kept.append('|').append(field[0]).append('=').append(field[1]);
        count++;
      }
    }
  }
}
