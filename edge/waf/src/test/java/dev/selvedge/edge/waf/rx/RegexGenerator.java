package dev.selvedge.edge.waf.rx;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Random patterns over a small alphabet, and subjects over the same, so that matches are common.
 * The same seed gives the same sequence. Not thread-safe.
 */
final class RegexGenerator {

  private static final String[] ATOMS = {
    "a",
    "b",
    "c",
    "ab",
    "A",
    "\\n",
    "\\s",
    "\\S",
    "\\w",
    "\\W",
    "\\d",
    "\\D",
    "\\x61",
    "\\x0a",
    ".",
    "[ab]",
    "[^a]",
    "[a-c]",
    "[[:alpha:]]",
    "[[:^space:]]",
    "[\\s\\d]",
    "\\xe9",
    "[\\x80-\\xff]",
    "\\h",
    "\\v",
    "\\R",
    "\\N",
    "[^\\n]",
    "1",
    " ",
    "_",
    "[^\\W]",
    "(?i:a)",
    "(?i:[b-c])",
    "(?-s:.)"
  };
  private static final String[] PLACES = {
    "^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "(?-m:^)", "(?-m:$)"
  };
  private static final String[] REPEATS = {
    "*", "+", "?", "*?", "+?", "??", "*+", "++", "?+", "{2}", "{0,2}", "{1,}", "{2,}", "{1,3}?",
    "{0,1}", "{2,3}+", "{2,}?"
  };
  private static final String SUBJECT = "aabbccABC \n\n1_\u00e9\r\t-x";

  private final Random random;
  private int groups;

  RegexGenerator(long seed) {
    random = new Random(seed);
  }

  String pattern() {
    groups = 0;
    String prefix = random.nextInt(5) == 0 ? "(?i)" : "";
    return prefix + choice(3);
  }

  private String choice(int depth) {
    StringBuilder out = new StringBuilder(sequence(depth));
    while (random.nextInt(4) == 0) {
      out.append('|').append(sequence(depth));
    }
    return out.toString();
  }

  private String sequence(int depth) {
    StringBuilder out = new StringBuilder();
    int items = random.nextInt(5);
    for (int i = 0; i < items; i++) {
      out.append(item(depth));
    }
    return out.toString();
  }

  private String item(int depth) {
    int kind = random.nextInt(20);
    if (kind == 0) {
      return PLACES[random.nextInt(PLACES.length)];
    }
    if (kind == 1 && groups > 0) {
      return "\\" + (1 + random.nextInt(groups)) + repeat();
    }
    if (kind == 2) {
      return behind();
    }
    return (kind < 8 && depth > 0 ? group(depth - 1) : ATOMS[random.nextInt(ATOMS.length)])
        + repeat();
  }

  private String behind() {
    String[] kinds = {"(?<=", "(?<!"};
    String[] bodies = {"a", "ab|c", "[ab]{2}", "^a", "\\n", "(?=b)b", "a\\b"};
    return kinds[random.nextInt(2)] + bodies[random.nextInt(bodies.length)] + ")";
  }

  private String group(int depth) {
    String open =
        switch (random.nextInt(10)) {
          case 0, 1, 2 -> "(?:";
          case 3 -> "(?>";
          case 4 -> "(?=";
          case 5 -> "(?!";
          case 6 -> "(?i)(?:";
          default -> "(";
        };
    if (open.equals("(")) {
      groups++;
    }
    return open + choice(depth) + ")";
  }

  private String repeat() {
    return random.nextInt(3) == 0 ? REPEATS[random.nextInt(REPEATS.length)] : "";
  }

  byte[] subject(int lengthMax) {
    StringBuilder out = new StringBuilder();
    int length = random.nextInt(lengthMax + 1);
    for (int i = 0; i < length; i++) {
      out.append(SUBJECT.charAt(random.nextInt(SUBJECT.length())));
    }
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The bytes with a few of them changed, dropped or doubled. */
  byte[] mutated(byte[] text) {
    StringBuilder out = new StringBuilder(new String(text, StandardCharsets.ISO_8859_1));
    for (int i = random.nextInt(4); i >= 0 && !out.isEmpty(); i--) {
      int at = random.nextInt(out.length());
      switch (random.nextInt(4)) {
        case 0 -> out.setCharAt(at, (char) random.nextInt(256));
        case 1 -> out.deleteCharAt(at);
        case 2 -> out.insert(at, out.charAt(at));
        default -> out.setLength(at);
      }
    }
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }
}
