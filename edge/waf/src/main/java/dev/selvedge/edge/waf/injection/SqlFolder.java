package dev.selvedge.edge.waf.injection;

/**
 * Folds a value's tokens to at most five: what means the same to a database becomes the same
 * sequence.
 *
 * <p>A window moves over the slots: the settled tokens lie left of {@code left}, the read ones left
 * of {@code filled}. Two tokens at the window are tried against the rules for pairs, then three
 * against those for triples; a rule that fires shortens the sequence and mostly begins again at the
 * left, which costs at most a handful of steps for each token taken away: linear in the tokens.
 * Rules that remove tokens cut them off at the right end even where the window stands further left;
 * verdicts depend on it. A sixth token is read where it helps to judge the fifth. Not thread-safe.
 */
final class SqlFolder {
  static final int TOKENS_MAX = 5;

  private static final int OPERAND =
      Kind.set(Kind.NUMBER, Kind.BAREWORD, Kind.VARIABLE, Kind.STRING);
  private static final int NAME_OR_NUMBER = Kind.set(Kind.NUMBER, Kind.BAREWORD);
  private static final int VARIABLE_OR_PLAIN = Kind.set(Kind.NUMBER, Kind.BAREWORD, Kind.VARIABLE);
  private static final int TYPED = OPERAND | Kind.set(Kind.TYPE, Kind.OPEN, Kind.FUNCTION);
  private static final int PRELUDE = Kind.set(Kind.COMMENT, Kind.OPEN, Kind.TYPE);
  private static final int JOINS_AHEAD =
      Kind.set(
          Kind.KEYWORD,
          Kind.BAREWORD,
          Kind.OPERATOR,
          Kind.UNION,
          Kind.FUNCTION,
          Kind.EXPRESSION,
          Kind.TSQL,
          Kind.TYPE);
  private static final int JOINS_BEHIND = JOINS_AHEAD | Kind.set(Kind.LOGIC);

  /** Names that are functions where a parenthesis follows. */
  private static final String[] SOMETIMES_FUNCTIONS = {
    "USER_ID",
    "USER_NAME",
    "DATABASE",
    "PASSWORD",
    "USER",
    "CURRENT_USER",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "LOCALTIME",
    "LOCALTIMESTAMP"
  };

  private final SqlTokenizer tokenizer;
  private final SqlToken[] slots = new SqlToken[TOKENS_MAX + 2];
  private final SqlToken comment;
  private int filled;
  private int left;
  private boolean more;

  SqlFolder(SqlTokenizer tokenizer) {
    this.tokenizer = tokenizer;
    comment = new SqlToken(tokenizer);
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new SqlToken(tokenizer);
    }
  }

  /** A folded token; beyond the count that {@link #fold} gave, what was left there. */
  SqlToken token(int index) {
    return slots[index];
  }

  /**
   * Folds what the tokenizer gives; the answer is the number of tokens, at most six if one is evil.
   */
  int fold() {
    filled = 0;
    left = 0;
    comment.clear();
    if (!skipPrelude()) {
      return 0;
    }
    filled = 1;
    while (true) {
      if (filled >= TOKENS_MAX && isHarmlessArithmetic()) {
        keepLastOf(filled);
      }
      if (!more || left >= TOKENS_MAX) {
        break;
      }
      if (!fill(2)) {
        left = filled;
        continue;
      }
      SqlToken first = slots[left];
      SqlToken second = slots[left + 1];
      if (first.kind == Kind.OPEN_BRACE && second.kind == Kind.BAREWORD && second.length == 0) {
        second.kind = Kind.EVIL;
        return left + 2;
      }
      if (foldPair(first, second)) {
        continue;
      }
      if (!fill(3)) {
        left = filled;
      } else if (!foldTriple(slots[left], slots[left + 1], slots[left + 2])) {
        left++;
      }
    }
    return withComment(filled);
  }

  /** Passes over what may stand before an expression; false if nothing else comes. */
  private boolean skipPrelude() {
    SqlToken first = slots[0];
    do {
      more = tokenizer.next(first);
    } while (Kind.in(first.kind, PRELUDE) || first.isUnary());
    return more;
  }

  /** A comment at the very end counts as a token if there is room for it. */
  private int withComment(int count) {
    if (count < TOKENS_MAX && comment.kind == Kind.COMMENT) {
      slots[count].copyFrom(comment);
      return count + 1;
    }
    return Math.min(count, TOKENS_MAX);
  }

  /** Reads until so many tokens stand in the window; false if there are no more. */
  private boolean fill(int wanted) {
    while (more && filled <= TOKENS_MAX && filled - left < wanted) {
      SqlToken slot = slots[filled];
      more = tokenizer.next(slot);
      if (slot.kind == Kind.COMMENT) {
        comment.copyFrom(slot);
      } else if (more) {
        comment.kind = Kind.NONE;
        filled++;
      }
    }
    return filled - left >= wanted;
  }

  /** Five tokens that are only a longer way to write a number or a name. */
  private boolean isHarmlessArithmetic() {
    int operator = slots[1].kind;
    return switch (slots[0].kind) {
      case Kind.NUMBER ->
          switch (operator) {
            case Kind.OPERATOR, Kind.COMMA -> kinds(2, Kind.OPEN, Kind.NUMBER, Kind.CLOSE);
            case Kind.CLOSE -> kinds(2, Kind.COMMA, Kind.OPEN, Kind.NUMBER);
            default -> false;
          };
      case Kind.BAREWORD ->
          switch (operator) {
            case Kind.OPERATOR ->
                kinds(2, Kind.OPEN, Kind.BAREWORD, Kind.CLOSE)
                    || kinds(2, Kind.OPEN, Kind.NUMBER, Kind.CLOSE);
            case Kind.CLOSE -> kinds(2, Kind.OPERATOR, Kind.OPEN, Kind.BAREWORD);
            default -> false;
          };
      default -> false;
    };
  }

  private boolean kinds(int from, int first, int second, int third) {
    return slots[from].kind == first
        && slots[from + 1].kind == second
        && slots[from + 2].kind == third;
  }

  private void keepLastOf(int count) {
    if (count > TOKENS_MAX) {
      slots[1].copyFrom(slots[TOKENS_MAX]);
      filled = 2;
    } else {
      filled = 1;
    }
    left = 0;
  }

  private boolean drop(int tokens) {
    filled -= tokens;
    left = 0;
    return true;
  }

  private boolean dropAndStepBack() {
    filled--;
    left = Math.max(left - 1, 0);
    return true;
  }

  /** The second takes the first one's place; the last one falls off. */
  private boolean replace(SqlToken first, SqlToken second) {
    first.copyFrom(second);
    return drop(1);
  }

  /** Tries the rules for two tokens; true if the window is to be looked at again. */
  private boolean foldPair(SqlToken a, SqlToken b) {
    if (Kind.in(a.kind, JOINS_AHEAD) && foldWord(a, b)) {
      return true;
    }
    return switch (a.kind) {
      case Kind.STRING -> b.kind == Kind.STRING ? dropOnly() : foldBrace(b);
      case Kind.SEMICOLON -> foldSemicolon(b);
      case Kind.LOGIC -> (b.isUnary() || b.kind == Kind.TYPE) ? drop(1) : foldBrace(b);
      case Kind.OPEN ->
          b.isUnary() ? dropAndStepBack() : b.kind == Kind.OPEN ? drop(1) : foldBrace(b);
      case Kind.CLOSE -> b.kind == Kind.CLOSE ? drop(1) : foldBrace(b);
      case Kind.COLLATE -> foldCollation(b);
      case Kind.BACKSLASH -> foldBackslash(a, b);
      case Kind.OPEN_BRACE -> b.kind == Kind.BAREWORD ? drop(2) : foldBrace(b);
      case Kind.VARIABLE -> becomesFunction(a, b) || foldBrace(b);
      case Kind.OPERATOR -> (a.is("LIKE") || a.is("NOT LIKE")) ? likeFunction(a, b) : foldBrace(b);
      default -> foldBrace(b);
    };
  }

  /** The rules for a first token that is a word or an operator, before all others. */
  private boolean foldWord(SqlToken a, SqlToken b) {
    if (a.kind == Kind.OPERATOR && (b.isUnary() || b.kind == Kind.TYPE)) {
      return drop(1);
    }
    if (a.startsPhrase && Kind.in(b.kind, JOINS_BEHIND) && a.join(b)) {
      return dropAndStepBack();
    }
    return switch (a.kind) {
      case Kind.BAREWORD -> becomesFunction(a, b);
      case Kind.KEYWORD -> foldIn(a, b);
      case Kind.TYPE -> Kind.in(b.kind, TYPED) && replace(a, b);
      default -> false;
    };
  }

  /** A second string is dropped without a new beginning. */
  private boolean dropOnly() {
    filled--;
    return true;
  }

  private boolean foldBrace(SqlToken b) {
    return b.kind == Kind.CLOSE_BRACE && drop(1);
  }

  /** IF is a function, but after a semicolon a statement of Transact-SQL. */
  private boolean foldSemicolon(SqlToken b) {
    if (b.kind == Kind.SEMICOLON) {
      return dropOnly();
    }
    if (b.kind == Kind.FUNCTION && b.startsWith("IF")) {
      b.kind = Kind.TSQL;
      return true;
    }
    return foldBrace(b);
  }

  private static boolean becomesFunction(SqlToken a, SqlToken b) {
    if (b.kind == Kind.OPEN) {
      for (String name : SOMETIMES_FUNCTIONS) {
        if (a.is(name)) {
          a.kind = Kind.FUNCTION;
          return true;
        }
      }
    }
    return false;
  }

  /** IN is an operator before a parenthesis and means nothing elsewhere. */
  private static boolean foldIn(SqlToken a, SqlToken b) {
    if (a.is("IN") || a.is("NOT IN")) {
      a.kind = b.kind == Kind.OPEN ? Kind.OPERATOR : Kind.BAREWORD;
      return true;
    }
    return false;
  }

  /** LIKE before a parenthesis is a function; the window goes on. */
  private static boolean likeFunction(SqlToken a, SqlToken b) {
    if (b.kind == Kind.OPEN) {
      a.kind = Kind.FUNCTION;
    }
    return false;
  }

  /** There are too many collations to list: a name with an underscore is one. */
  private boolean foldCollation(SqlToken b) {
    if (b.kind != Kind.BAREWORD) {
      return foldBrace(b);
    }
    if (b.holds('_')) {
      b.kind = Kind.TYPE;
      left = 0;
    }
    return false;
  }

  /** Transact-SQL reads a backslash before an operator as 0 and ignores it elsewhere. */
  private boolean foldBackslash(SqlToken a, SqlToken b) {
    if (b.isArithmetic()) {
      a.kind = Kind.NUMBER;
      left = 0;
      return true;
    }
    return replace(a, b);
  }

  /** Tries the rules for three tokens; true if the window is to be looked at again. */
  private boolean foldTriple(SqlToken a, SqlToken b, SqlToken c) {
    return switch (a.kind) {
      case Kind.NUMBER, Kind.BAREWORD, Kind.VARIABLE, Kind.STRING -> foldOperand(a, b, c);
      case Kind.OPERATOR -> b.kind != Kind.OPEN && c.kind == Kind.OPERATOR && drop(2);
      case Kind.LOGIC -> c.kind == Kind.LOGIC && drop(2);
      case Kind.EXPRESSION ->
          (b.isUnary() && foldSign(a, b, c))
              || (b.kind == Kind.DOT && c.kind == Kind.BAREWORD && replace(b, c));
      case Kind.KEYWORD, Kind.GROUP, Kind.COMMA -> b.isUnary() && foldSign(a, b, c);
      case Kind.FUNCTION -> notUser(a, b, c);
      default -> false;
    };
  }

  private boolean foldOperand(SqlToken a, SqlToken b, SqlToken c) {
    return switch (b.kind) {
      case Kind.OPERATOR -> (foldsByOperator(a, c) || isCast(b, c)) && drop(2);
      case Kind.COMMA -> Kind.in(c.kind, OPERAND) && drop(2);
      case Kind.DOT -> a.kind == Kind.BAREWORD && c.kind == Kind.BAREWORD && drop(2);
      default -> false;
    };
  }

  private static boolean foldsByOperator(SqlToken a, SqlToken c) {
    return switch (a.kind) {
      case Kind.NUMBER, Kind.BAREWORD -> Kind.in(c.kind, NAME_OR_NUMBER);
      case Kind.VARIABLE -> Kind.in(c.kind, VARIABLE_OR_PLAIN);
      default -> false;
    };
  }

  private static boolean isCast(SqlToken b, SqlToken c) {
    return c.kind == Kind.TYPE && b.is("::");
  }

  /** A sign before an operand means nothing. */
  private boolean foldSign(SqlToken a, SqlToken b, SqlToken c) {
    boolean list = a.kind == Kind.COMMA;
    if (c.kind == Kind.OPEN) {
      return a.kind != Kind.KEYWORD && replace(b, c);
    }
    if (c.kind == Kind.FUNCTION) {
      return replace(b, c);
    }
    if (!Kind.in(c.kind, OPERAND)) {
      return false;
    }
    b.copyFrom(c);
    return drop(list ? 3 : 1);
  }

  /** USER() takes no argument: with one it is a name. */
  private static boolean notUser(SqlToken a, SqlToken b, SqlToken c) {
    if (b.kind == Kind.OPEN && c.kind != Kind.CLOSE && a.is("USER")) {
      a.kind = Kind.BAREWORD;
    }
    return false;
  }
}
