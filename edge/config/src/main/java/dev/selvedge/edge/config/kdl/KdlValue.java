package dev.selvedge.edge.config.kdl;

import java.math.BigDecimal;
import java.math.BigInteger;

/** A value in its exact form: numbers are never rounded. Immutable. */
public sealed interface KdlValue {

  /** A string, whether written bare, quoted or raw. */
  record Text(String value) implements KdlValue {}

  /** A number without fraction and exponent, in any base. */
  record Whole(BigInteger value) implements KdlValue {}

  /** A number with fraction or exponent; the scale is as written. */
  record Decimal(BigDecimal value) implements KdlValue {}

  /** {@code #true} or {@code #false}. */
  record Flag(boolean value) implements KdlValue {}

  /** A keyword that is neither of the above. */
  enum Keyword implements KdlValue {
    NULL("#null"),
    INFINITY("#inf"),
    MINUS_INFINITY("#-inf"),
    NOT_A_NUMBER("#nan");

    private final String text;

    Keyword(String text) {
      this.text = text;
    }

    /** As it is written. */
    public String text() {
      return text;
    }
  }
}
