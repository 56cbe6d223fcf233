package dev.selvedge.edge.waf.injection;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Generated values near what the detectors decide on: pieces of statements and of markup, joined,
 * cut and spoiled by chance. A seed gives the same values everywhere.
 */
final class Values {
  private static final List<String> WORDS =
      Tables.lines("sql-words.txt").stream()
          .flatMap(line -> Stream.of(line.substring(2).split(",", -1)))
          .toList();

  private static final String[] SQL = {
    "'",
    "'",
    "\"",
    "\"",
    "`",
    "(",
    ")",
    "((",
    "))",
    ",",
    ";",
    ";;",
    ".",
    ":",
    "::",
    ":=",
    "?",
    "{",
    "}",
    "[",
    "]",
    "@",
    "@@",
    "@a",
    "@@`b`",
    "@'x'",
    "--",
    "-- ",
    "--x",
    "#",
    "#\n",
    "/*",
    "*/",
    "/**/",
    "/*!",
    "/*/",
    "\\",
    "\\N",
    "\\'",
    "\\\\",
    "$",
    "$$",
    "$a$",
    "$1,0.0",
    "$.",
    "0x",
    "0xFf",
    "0b",
    "0b01",
    "0b12",
    "1",
    "12.5",
    ".5",
    ".",
    "1e",
    "1e5",
    "1.e-3",
    "1f",
    "1d ",
    "2fUNION",
    "=",
    "!=",
    "!!",
    "!",
    "<=>",
    "<",
    ">",
    "<@",
    "&&",
    "||",
    "&",
    "|",
    "|/",
    "~",
    "~*",
    "^",
    "^=",
    "%",
    "%=",
    "+",
    "+=",
    "-",
    "*",
    "*=",
    "/",
    "/=",
    "b'01'",
    "x'0f'",
    "e'a'",
    "n'a'",
    "q'(a)'",
    "nq'[b]'",
    "u&'c'",
    "q'!",
    "foo",
    "a_b",
    "x",
    "foo.bar",
    "select.1",
    "`select`",
    "``",
    "``.``",
    "sp_password",
    "IN (",
    "NOT",
    "LIKE(",
    "COLLATE utf8_x",
    "USER(",
    "USER",
    "PASSWORD(",
    "IF",
    "INTO OUTFILE",
    "union select",
    "or 1=1",
    "\0",
    "\n",
    "\t",
    "\u00A0",
    "\u00FF",
    "\u0080",
    "\u00E9",
    "\u007F",
    "\u0001",
    " ",
    " ",
    " ",
    " "
  };

  private static final String[] HTML = {
    "<",
    "<",
    ">",
    "/",
    "/>",
    "</",
    "</>",
    "=",
    "=",
    " ",
    "\t",
    "\0",
    "\n",
    "\u000B",
    "'",
    "\"",
    "`",
    "a",
    "b",
    "on",
    "onload",
    "onx",
    "onxy",
    "style",
    "st\0yle",
    "href",
    "src",
    "xmlns",
    "xlink:href",
    "to",
    "by",
    "values",
    "attributename",
    "filter",
    "datasrc",
    "formaction",
    "folder",
    "x",
    "script",
    "scr\0ipt",
    "svg",
    "xsl",
    "xml",
    "xss",
    "base",
    "link",
    "meta",
    "iframe",
    "!",
    "!--",
    "--",
    "-",
    "-!>",
    "-->",
    "!DOCTYPE",
    "!doctyp",
    "[CDATA[",
    "]]>",
    "]",
    "[if",
    "?xml",
    "?import",
    "!ENTITY",
    "%",
    "%>",
    "<%",
    "javascript:",
    "java",
    "JaVa",
    "data:",
    "dat",
    "view-source",
    "vbscript",
    "&#",
    "&#x",
    "&#106;",
    "&#x6a",
    "&#0000100",
    "&#x1000FF",
    "&#x1000FF0",
    "&#10",
    "&#0",
    "&#x164",
    "&amp;",
    "&",
    ";",
    "#",
    "\u00FF",
    "\u00A0",
    "\u0080",
    "\u007F",
    "\u0001",
    "1"
  };

  private static final String NOISE = "'\"`-#/*()01aeE.,;@$\\\0 \n=<>&|!on";

  private final SplittableRandom random;
  private final List<String> corpus;

  Values(long seed, List<String> corpus) {
    this.random = new SplittableRandom(seed);
    this.corpus = corpus;
  }

  /** A value that is meant for both detectors. */
  byte[] next() {
    String s =
        switch (random.nextInt(8)) {
          case 0, 1 -> joined(SQL, true);
          case 2 -> joined(SQL, false);
          case 3, 4 -> joined(HTML, false);
          case 5 -> "<" + joined(HTML, false);
          case 6 -> corpus.isEmpty() ? joined(SQL, true) : spoiled(pick(corpus));
          default -> noise();
        };
    return LibinjectionSuite.bytes(random.nextInt(4) == 0 ? spoiled(s) : s);
  }

  private String joined(String[] pieces, boolean words) {
    StringBuilder out = new StringBuilder();
    int count = 1 + random.nextInt(random.nextInt(10) == 0 ? 40 : 9);
    boolean blanks = random.nextBoolean();
    for (int i = 0; i < count; i++) {
      boolean word = words && random.nextInt(5) < 3;
      String piece = word ? word() : pieces[random.nextInt(pieces.length)];
      out.append(piece).append(blanks && random.nextInt(3) > 0 ? " " : "");
    }
    return out.toString();
  }

  private String word() {
    String word = pick(WORDS);
    return switch (random.nextInt(4)) {
      case 0 -> word.toLowerCase(java.util.Locale.ROOT);
      case 1 -> word.split(" ", -1)[0];
      default -> word;
    };
  }

  private String noise() {
    int length = random.nextInt(random.nextInt(20) == 0 ? 300 : 12);
    StringBuilder out = new StringBuilder();
    int alphabet = random.nextInt(3);
    for (int i = 0; i < length; i++) {
      out.append(
          switch (alphabet) {
            case 0 -> (char) random.nextInt(256);
            case 1 -> (char) (32 + random.nextInt(96));
            default -> NOISE.charAt(random.nextInt(NOISE.length()));
          });
    }
    return out.toString();
  }

  /** A value with something cut out, doubled, put in or replaced. */
  private String spoiled(String s) {
    StringBuilder out = new StringBuilder(s);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(out.length() + 1);
      int to = Math.min(out.length(), at + random.nextInt(4));
      switch (random.nextInt(4)) {
        case 0 -> out.delete(at, to);
        case 1 -> out.insert(at, out.substring(at, to));
        case 2 -> out.insert(at, random.nextBoolean() ? piece(SQL) : piece(HTML));
        default -> out.setLength(at);
      }
    }
    return out.toString();
  }

  private String piece(String[] pieces) {
    return pieces[random.nextInt(pieces.length)];
  }

  private String pick(List<String> all) {
    return all.get(random.nextInt(all.size()));
  }
}
