package dev.selvedge.edge.proxy.service.file;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Content codings that a file may lie beside in, best first: the order breaks ties between equal
 * weights. Immutable.
 */
enum Coding {
  BR("br", ".br"),
  ZSTD("zstd", ".zst"),
  GZIP("gzip", ".gz");

  private static final int WHOLE = 1000;

  private final String token;
  private final String suffix;

  Coding(String token, String suffix) {
    this.token = token;
    this.suffix = suffix;
  }

  /** The name in Content-Encoding. */
  String token() {
    return token;
  }

  /** What the name of the coded file ends with, behind the whole name of the plain one. */
  String suffix() {
    return suffix;
  }

  /**
   * What a client takes, in thousandths (RFC 9110, 12.5.3). Immutable.
   *
   * @param identity weight of the plain file; 0 where it was not asked for, which does not forbid
   *     it: answering 406 would help nobody
   */
  record Accepted(int br, int zstd, int gzip, int identity) {

    /** Nothing but the plain file. */
    static final Accepted NOTHING = new Accepted(0, 0, 0, WHOLE);

    private static final int UNSET = -1;

    /** Reads the field; a member that is malformed counts as not there. */
    static Accepted parse(@Nullable String field) {
      if (field == null) {
        return NOTHING;
      }
      int br = UNSET;
      int zstd = UNSET;
      int gzip = UNSET;
      int identity = UNSET;
      int others = UNSET;
      for (String member : field.split(",", -1)) {
        int semicolon = member.indexOf(';');
        String token = semicolon < 0 ? member : member.substring(0, semicolon);
        int weight = semicolon < 0 ? WHOLE : weight(member.substring(semicolon + 1).strip());
        if (weight != UNSET) {
          switch (token.strip().toLowerCase(Locale.ROOT)) {
            case "br" -> br = weight;
            case "zstd" -> zstd = weight;
            case "gzip", "x-gzip" -> gzip = weight;
            case "identity" -> identity = weight;
            case "*" -> others = weight;
            default -> {}
          }
        }
      }
      int rest = Math.max(others, 0);
      return new Accepted(
          br == UNSET ? rest : br,
          zstd == UNSET ? rest : zstd,
          gzip == UNSET ? rest : gzip,
          identity == UNSET ? rest : identity);
    }

    /** {@code q=0.5} in thousandths: at most three digits behind the point, at most 1. */
    private static int weight(String parameter) {
      boolean shaped =
          parameter.length() >= 3
              && parameter.length() <= 7
              && (parameter.charAt(0) | 0x20) == 'q'
              && parameter.charAt(1) == '='
              && (parameter.length() == 3 || parameter.charAt(3) == '.');
      int digit = shaped ? parameter.charAt(2) - '0' : UNSET;
      if (digit != 0 && digit != 1) {
        return UNSET;
      }
      int value = digit * WHOLE;
      int unit = WHOLE;
      for (int i = 4; i < parameter.length(); i++) {
        unit /= 10;
        int next = parameter.charAt(i) - '0';
        if (next < 0 || next > 9) {
          return UNSET;
        }
        value += next * unit;
      }
      return value > WHOLE ? UNSET : value;
    }

    private int weight(Coding coding) {
      return switch (coding) {
        case BR -> br;
        case ZSTD -> zstd;
        case GZIP -> gzip;
      };
    }

    /** The codings worth looking for. */
    Set<Coding> wanted() {
      Set<Coding> wanted = EnumSet.noneOf(Coding.class);
      for (Coding coding : values()) {
        if (weight(coding) > 0 && weight(coding) >= identity) {
          wanted.add(coding);
        }
      }
      return wanted;
    }

    /** The best of those that are there, or null for the plain file. */
    @Nullable Coding choose(Set<Coding> there) {
      Coding best = null;
      for (Coding coding : wanted()) {
        if (there.contains(coding) && (best == null || weight(coding) > weight(best))) {
          best = coding;
        }
      }
      return best;
    }
  }
}
