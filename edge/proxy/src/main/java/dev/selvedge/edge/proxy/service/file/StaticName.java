package dev.selvedge.edge.proxy.service.file;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The names of folders and of a file that a path stands for: each one a name that a file below the
 * root can have, never a way to another place.
 *
 * <p>Made from the normalised path by decoding percent-escapes once; nothing is decoded again.
 * Refused as a whole: a name with a slash, a backslash or a control character in it, one that is
 * not UTF-8 (overlong forms included), empty, {@code .} or {@code ..}, longer than {@value
 * #MAX_NAME} bytes, or hidden (a leading dot; {@code .well-known} in front is not, RFC 8615); and a
 * path deeper than {@value #MAX_DEPTH}. Immutable.
 *
 * @param names from the root down; empty for the root itself
 * @param folder whether the path ended with a slash
 */
record StaticName(List<String> names, boolean folder) {

  static final int MAX_NAME = 255;
  static final int MAX_DEPTH = 64;
  private static final String WELL_KNOWN = ".well-known";

  /** Reads a normalised path; null where it cannot name a file. */
  static @Nullable StaticName parse(byte[] path, int start, int length) {
    int end = start + length;
    if (length == 0 || path[start] != '/') {
      return null;
    }
    List<String> names = new ArrayList<>();
    int from = start + 1;
    while (from < end) {
      int slash = from;
      while (slash < end && path[slash] != '/') {
        slash++;
      }
      String name = name(path, from, slash, names.isEmpty());
      if (name == null || names.size() == MAX_DEPTH) {
        return null;
      }
      names.add(name);
      from = slash + 1;
    }
    return new StaticName(List.copyOf(names), path[end - 1] == '/');
  }

  private static @Nullable String name(byte[] path, int start, int end, boolean first) {
    byte[] decoded = new byte[end - start];
    int length = 0;
    for (int i = start; i < end; i++) {
      int b = path[i];
      if (b == '%') {
        b = i + 2 < end ? Character.digit(path[i + 1], 16) << 4 | digit(path[i + 2]) : -1;
        i += 2;
        if (b < 0) {
          return null;
        }
      }
      decoded[length++] = (byte) b;
    }
    String name = length == 0 || length > MAX_NAME ? null : utf8(decoded, length);
    return name != null && allowed(name, first) ? name : null;
  }

  private static int digit(byte b) {
    return Character.digit(b, 16);
  }

  private static @Nullable String utf8(byte[] bytes, int length) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    try {
      return decoder.decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    } catch (CharacterCodingException malformed) {
      return null;
    }
  }

  private static boolean allowed(String name, boolean first) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '/' || c == '\\' || Character.isISOControl(c)) {
        return false;
      }
    }
    return name.charAt(0) != '.' || (first && name.equals(WELL_KNOWN));
  }

  /** Whether the last name has no dot: the address of a page in an application, not of a file. */
  boolean looksLikePage() {
    return folder || names.isEmpty() || names.getLast().indexOf('.') < 0;
  }
}
