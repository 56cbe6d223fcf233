package dev.selvedge.edge.proxy.record;

import dev.selvedge.edge.protocol.Audit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Why agents decided so, in {@value #MAX} bytes of a record: for each agent that said something its
 * score, rules and tags, as many as fit.
 *
 * <pre>
 *   entry = u24 agent's name · i32 score · u8 left out · u8 rules · u8 tags
 *           · rules: score, id · tags: u8 length, tag
 *   score = 7 bits a byte, low ones first, sign in the lowest bit
 *   id    = u8 length, text | u8 128 + n, number in n bytes
 * </pre>
 *
 * <p>An id of seven digits takes 5 bytes with a small score, so that one agent has room for 46 of
 * them; the most that the CRS fired on any of 41,000 requests at paranoia level 4 was 41. Tags
 * leave {@value #FOR_RULES} bytes to the rules of whoever speaks later. Other ids and tags are cut
 * at {@value #MAX_TEXT} bytes. Confined to its event loop.
 */
final class AuditTrail {

  static final int MAX = 240;

  private static final int MAX_TEXT = 40;
  private static final int ENTRY = 10;
  private static final int FOR_RULES = 64;
  private static final int NUMBER = 0x80;
  private static final int MORE = 0x80;
  private static final int BITS = 7;
  private static final int DIGITS_MAX = 18;
  private static final long NO_NUMBER = -1;
  private static final byte[] NOTHING = {};

  final byte[] bytes = new byte[MAX];
  int length;

  /** One agent's, read back. */
  record Entry(int agent, int score, List<Audit.Rule> rules, List<String> tags, int leftOut) {}

  void clear() {
    length = 0;
  }

  /** Adds what one agent said, as far as there is room. */
  void add(int agent, Audit audit) {
    if (length + ENTRY > MAX) {
      return;
    }
    int start = length;
    put(agent, 3);
    put(audit.score(), 4);
    length += 3;
    int rules = 0;
    for (Audit.Rule rule : audit.rules()) {
      if (rules < 255 && put(rule)) {
        rules++;
      }
    }
    int tags = 0;
    for (String tag : audit.tags()) {
      byte[] text = text(tag);
      if (tags < 255 && length + 1 + text.length <= MAX - FOR_RULES) {
        put(text);
        tags++;
      }
    }
    int leftOut = audit.rules().size() - rules + audit.tags().size() - tags;
    bytes[start + 7] = (byte) Math.min(leftOut, 255);
    bytes[start + 8] = (byte) rules;
    bytes[start + 9] = (byte) tags;
  }

  /** Whether there was room. */
  private boolean put(Audit.Rule rule) {
    long number = number(rule.id());
    byte[] text = number == NO_NUMBER ? text(rule.id()) : NOTHING;
    int idBytes = number == NO_NUMBER ? text.length : bytes(Long.numberOfLeadingZeros(number));
    int score = rule.score() << 1 ^ rule.score() >> 31;
    int scoreBytes =
        Math.max(1, (Integer.SIZE + BITS - 1 - Integer.numberOfLeadingZeros(score)) / BITS);
    if (length + scoreBytes + 1 + idBytes > MAX) {
      return false;
    }
    for (int i = 1; i < scoreBytes; i++, score >>>= BITS) {
      bytes[length++] = (byte) (score | MORE);
    }
    bytes[length++] = (byte) score;
    if (number == NO_NUMBER) {
      put(text);
      return true;
    }
    bytes[length++] = (byte) (NUMBER | idBytes);
    for (int shift = (idBytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[length++] = (byte) (number >>> shift);
    }
    return true;
  }

  private static int bytes(int leadingZeros) {
    return (Long.SIZE + Byte.SIZE - 1 - leadingZeros) / Byte.SIZE;
  }

  /** The id as the number that reads the same. */
  private static long number(String id) {
    boolean plain = !id.isEmpty() && id.length() <= DIGITS_MAX && id.charAt(0) != '0';
    long number = 0;
    for (int i = 0; plain && i < id.length(); i++) {
      char c = id.charAt(i);
      plain = c >= '0' && c <= '9';
      number = number * 10 + c - '0';
    }
    return plain ? number : NO_NUMBER;
  }

  private void put(int value, int width) {
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) {
      bytes[length++] = (byte) (value >>> shift);
    }
  }

  private void put(byte[] text) {
    bytes[length++] = (byte) text.length;
    System.arraycopy(text, 0, bytes, length, text.length);
    length += text.length;
  }

  private static byte[] text(String text) {
    return (text.length() > MAX_TEXT ? text.substring(0, MAX_TEXT) : text)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Reads entries back. */
  static List<Entry> read(byte[] from, int start, int length) {
    List<Entry> entries = new ArrayList<>();
    Reader reader = new Reader(from, start);
    while (reader.at < start + length) {
      entries.add(reader.entry());
    }
    return entries;
  }

  /** Not thread-safe. */
  private static final class Reader {
    private final byte[] from;
    private int at;

    Reader(byte[] from, int start) {
      this.from = from;
      this.at = start;
    }

    Entry entry() {
      int agent = (int) number(3);
      int score = (int) number(4);
      int leftOut = (int) number(1);
      int ruleCount = (int) number(1);
      int tagCount = (int) number(1);
      List<Audit.Rule> rules = new ArrayList<>();
      for (int i = 0; i < ruleCount; i++) {
        int points = score();
        int size = (int) number(1);
        boolean number = (size & NUMBER) != 0;
        rules.add(
            new Audit.Rule(number ? Long.toString(number(size & ~NUMBER)) : text(size), points));
      }
      List<String> tags = new ArrayList<>();
      for (int i = 0; i < tagCount; i++) {
        tags.add(text((int) number(1)));
      }
      return new Entry(agent, score, rules, tags, leftOut);
    }

    private int score() {
      int value = 0;
      for (int shift = 0; ; shift += BITS) {
        byte next = from[at++];
        value |= (next & MORE - 1) << shift;
        if (next >= 0) {
          return value >>> 1 ^ -(value & 1);
        }
      }
    }

    private long number(int width) {
      long value = 0;
      for (int end = at + width; at < end; at++) {
        value = value << Byte.SIZE | from[at] & 0xFF;
      }
      return value;
    }

    private String text(int size) {
      at += size;
      return new String(from, at - size, size, StandardCharsets.ISO_8859_1);
    }
  }
}
