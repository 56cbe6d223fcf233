package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import java.util.ArrayList;
import java.util.List;

/** Phrase lists of @pm: words separated by spaces, |41 42| for bytes in hex. Immutable. */
final class Phrases {
  private Phrases() {}

  static List<byte[]> inline(String argument) {
    List<byte[]> phrases = new ArrayList<>();
    for (String word : unescape(argument).split(" ", -1)) {
      if (!word.isEmpty()) {
        phrases.add(Bytes.of(word));
      }
    }
    return phrases;
  }

  /** One phrase a line; empty lines and lines that start with # are left out. */
  static List<byte[]> lines(byte[] file) {
    List<byte[]> phrases = new ArrayList<>();
    for (String line : Bytes.text(file).split("\n", -1)) {
      String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      if (!text.isBlank() && !text.stripLeading().startsWith("#")) {
        phrases.add(Bytes.of(text));
      }
    }
    return phrases;
  }

  private static String unescape(String text) {
    if (text.indexOf('|') < 0) {
      return text;
    }
    ByteOutput out = new ByteOutput(text.length());
    boolean binary = false;
    byte[] in = Bytes.of(text);
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '|') {
        binary = !binary;
      } else if (!binary) {
        out.add(in[i]);
      } else if (in[i] != ' ') {
        if (i + 1 >= in.length || !Bytes.isHex(in[i]) || !Bytes.isHex(in[i + 1])) {
          throw new IllegalArgumentException("bad hex between | in phrases: " + text);
        }
        out.add(Bytes.hexPair(in, i));
        i++;
      }
    }
    if (binary) {
      throw new IllegalArgumentException("a | is not closed in phrases: " + text);
    }
    return Bytes.text(out.toBytes());
  }
}
