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
 *           · rules: i32 score, u8 length, id · tags: u8 length, tag
 * </pre>
 *
 * <p>Ids and tags are cut at {@value #MAX_TEXT} bytes. Confined to its event loop.
 */
final class AuditTrail {

  static final int MAX = 240;

  private static final int MAX_TEXT = 40;
  private static final int ENTRY = 10;

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
      byte[] id = text(rule.id());
      if (rules < 255 && length + 5 + id.length <= MAX) {
        put(rule.score(), 4);
        put(id);
        rules++;
      }
    }
    int tags = 0;
    for (String tag : audit.tags()) {
      byte[] text = text(tag);
      if (tags < 255 && length + 1 + text.length <= MAX) {
        put(text);
        tags++;
      }
    }
    int leftOut = audit.rules().size() - rules + audit.tags().size() - tags;
    bytes[start + 7] = (byte) Math.min(leftOut, 255);
    bytes[start + 8] = (byte) rules;
    bytes[start + 9] = (byte) tags;
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
    int at = start;
    while (at < start + length) {
      int agent = number(from, at, 3);
      int score = number(from, at + 3, 4);
      int leftOut = from[at + 7] & 0xFF;
      int ruleCount = from[at + 8] & 0xFF;
      int tagCount = from[at + 9] & 0xFF;
      at += ENTRY;
      List<Audit.Rule> rules = new ArrayList<>();
      for (int i = 0; i < ruleCount; i++) {
        int size = from[at + 4] & 0xFF;
        rules.add(new Audit.Rule(latin(from, at + 5, size), number(from, at, 4)));
        at += 5 + size;
      }
      List<String> tags = new ArrayList<>();
      for (int i = 0; i < tagCount; i++) {
        int size = from[at] & 0xFF;
        tags.add(latin(from, at + 1, size));
        at += 1 + size;
      }
      entries.add(new Entry(agent, score, rules, tags, leftOut));
    }
    return entries;
  }

  private static int number(byte[] from, int at, int width) {
    int value = 0;
    for (int i = at; i < at + width; i++) {
      value = value << 8 | from[i] & 0xFF;
    }
    return value;
  }

  private static String latin(byte[] from, int at, int size) {
    return new String(from, at, size, StandardCharsets.ISO_8859_1);
  }
}
