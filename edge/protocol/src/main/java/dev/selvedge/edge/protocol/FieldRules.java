package dev.selvedge.edge.protocol;

import dev.selvedge.kernel.KnownField;

/**
 * What an agent may write into heads: names are lower-case tokens (RFC 9110, 5.6.2), values hold no
 * control byte but HT, and framing, hop-by-hop fields, Host, Expect and {@code x-request-id} are
 * the proxy's. The same checks as for a client's fields, made where the message is decoded.
 */
public final class FieldRules {

  private static final boolean[] NAME = new boolean[256];

  static {
    for (char c : "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz".toCharArray()) {
      NAME[c] = true;
    }
  }

  private FieldRules() {}

  public static void checkName(byte[] bytes, int start, int length) {
    if (length == 0 || length > Bounds.FIELD_NAME_MAX) {
      throw Violation.BAD_FIELD_NAME.because("a name of " + length + " bytes");
    }
    for (int i = start; i < start + length; i++) {
      if (!NAME[bytes[i] & 0xFF]) {
        throw Violation.BAD_FIELD_NAME.because("byte " + (bytes[i] & 0xFF) + " in a name");
      }
    }
    int id = KnownField.id(bytes, start, length);
    if (id != KnownField.NONE) {
      checkRole(KnownField.of(id));
    }
  }

  private static void checkRole(KnownField field) {
    if (field == KnownField.EXPECT) {
      throw Violation.FORBIDDEN_FIELD.because("expect: whoever owns the body answers it");
    }
    switch (field.role()) {
      case HOP, FRAMING, ROUTING, IDENTITY ->
          throw Violation.FORBIDDEN_FIELD.because(field.fieldName());
      case PLAIN, FORWARDING -> {}
    }
  }

  public static void checkValue(byte[] bytes, int start, int length) {
    for (int i = start; i < start + length; i++) {
      int b = bytes[i] & 0xFF;
      if (b < 0x20 && b != '\t' || b == 0x7F) {
        throw Violation.BAD_FIELD_VALUE.because("byte " + b + " in a value");
      }
    }
  }

  public static void checkStatus(int code, int status) {
    boolean fits = code == 2 ? status >= 300 && status <= 399 : status >= 200 && status <= 599;
    if (!fits) {
      throw Violation.BAD_STATUS.because("status " + status);
    }
  }
}
