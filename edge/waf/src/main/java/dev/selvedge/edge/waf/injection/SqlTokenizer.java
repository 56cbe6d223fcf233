package dev.selvedge.edge.waf.injection;

/**
 * Cuts a value into SQL tokens, in one of the contexts in which it might stand in a statement: as
 * it is, or behind an opening quote; with ANSI's or MySQL's comments.
 *
 * <p>Each byte is looked at a bounded number of times, whatever the value: linear, no recursion. It
 * counts what the decision needs: the tokens so far, and whether another dialect of comments would
 * read the value differently. Not thread-safe.
 */
final class SqlTokenizer {
  private static final byte[] NOTHING = {};

  private byte[] s = NOTHING;
  private int start;
  private int end;
  private int pos;
  private byte quote;
  private boolean mysql;
  private int tokens;
  private boolean readsOtherwiseInMysql;

  /**
   * Begins a value anew.
   *
   * @param assumedQuote the quote that is thought to stand before the value, 0 for none
   */
  void begin(byte[] value, int offset, int length, byte assumedQuote, boolean mysqlComments) {
    s = value;
    start = offset;
    end = offset + length;
    pos = offset;
    quote = assumedQuote;
    mysql = mysqlComments;
    tokens = 0;
    readsOtherwiseInMysql = false;
  }

  /** Lets go of the value. */
  void release() {
    s = NOTHING;
    start = end = pos = 0;
  }

  /** The array in which the value stands. */
  byte[] value() {
    return s;
  }

  int tokens() {
    return tokens;
  }

  /** Whether a comment was met that MySQL and ANSI read differently. */
  boolean readsOtherwiseInMysql() {
    return readsOtherwiseInMysql;
  }

  /** The next token; false, and a cleared token, at the end. */
  boolean next(SqlToken token) {
    token.clear();
    if (pos == start && quote != 0 && start < end) {
      pos = SqlLiterals.quoted(s, start, end, quote, token);
      tokens++;
      return true;
    }
    while (pos < end) {
      byte route = SqlBytes.route(s[pos]);
      if (route != SqlBytes.BLANK) {
        pos = read(route, token);
        tokens++;
        return true;
      }
      pos++;
    }
    return false;
  }

  private int read(byte route, SqlToken token) {
    return switch (route) {
      case SqlBytes.WORD -> word(token);
      case SqlBytes.NUMBER -> SqlLiterals.number(s, pos, end, token);
      case SqlBytes.OPERATOR -> one(Kind.OPERATOR, token);
      case SqlBytes.OPERATOR_PAIR -> operator(token);
      case SqlBytes.SIGN -> one(sign(s[pos]), token);
      case SqlBytes.UNKNOWN -> one(Kind.UNKNOWN, token);
      case SqlBytes.QUOTE -> quoted(token);
      case SqlBytes.HASH -> hash(token);
      case SqlBytes.DASH -> dash(token);
      case SqlBytes.SLASH -> slash(token);
      case SqlBytes.BACKSLASH -> backslash(token);
      case SqlBytes.MONEY -> money(token);
      case SqlBytes.VARIABLE -> variable(token);
      case SqlBytes.TICK -> tick(token);
      case SqlBytes.BRACKET -> bracket(token);
      case SqlBytes.LETTER_OF_LITERAL -> literalOrWord(token);
      default -> throw new IllegalStateException("route " + route);
    };
  }

  private static int sign(byte b) {
    return switch (b) {
      case '(' -> Kind.OPEN;
      case ')' -> Kind.CLOSE;
      case ',' -> Kind.COMMA;
      case ';' -> Kind.SEMICOLON;
      case '{' -> Kind.OPEN_BRACE;
      default -> Kind.CLOSE_BRACE;
    };
  }

  private int one(int kind, SqlToken token) {
    token.set(kind, pos, 1);
    return pos + 1;
  }

  private int upTo(int after, int kind, SqlToken token) {
    token.set(kind, pos, after - pos);
    return after;
  }

  private boolean follows(int distance, char wanted) {
    return pos + distance < end && s[pos + distance] == wanted;
  }

  private int quoted(SqlToken token) {
    token.opened = s[pos];
    return SqlLiterals.quoted(s, pos + 1, end, s[pos], token);
  }

  private int literalOrWord(SqlToken token) {
    int after = SqlLiterals.lettered(s, pos, end, token);
    return after == SqlLiterals.NOT_ONE ? word(token) : after;
  }

  private int money(SqlToken token) {
    int after = SqlLiterals.dollar(s, pos, end, token);
    return after == SqlLiterals.NOT_ONE ? word(token) : after;
  }

  private int lineComment(SqlToken token) {
    int newline = SqlBytes.indexOf(s, pos, end, (byte) '\n');
    int after = newline < 0 ? end : newline;
    token.set(Kind.COMMENT, pos, after - pos);
    return newline < 0 ? end : after + 1;
  }

  /** A comment in MySQL, an operator elsewhere. */
  private int hash(SqlToken token) {
    readsOtherwiseInMysql = true;
    return mysql ? lineComment(token) : one(Kind.OPERATOR, token);
  }

  /**
   * Two dashes: a comment for all if a blank or the end follows, else a comment except in MySQL.
   */
  private int dash(SqlToken token) {
    if (!follows(1, '-')) {
      return one(Kind.OPERATOR, token);
    }
    if (pos + 2 == end || SqlBytes.in(s[pos + 2], SqlBytes.WHITE)) {
      return lineComment(token);
    }
    if (mysql) {
      return one(Kind.OPERATOR, token);
    }
    readsOtherwiseInMysql = true;
    return lineComment(token);
  }

  /**
   * A comment between slash and star. One inside another (PostgreSQL nests them, others do not) and
   * MySQL's comments that run as code cannot be read in one way: evil.
   */
  private int slash(SqlToken token) {
    if (!follows(1, '*')) {
      return one(Kind.OPERATOR, token);
    }
    int close = SqlBytes.indexOf(s, pos + 2, end, (byte) '*', (byte) '/');
    boolean nested =
        close >= 0 && SqlBytes.indexOf(s, pos + 2, close + 1, (byte) '/', (byte) '*') >= 0;
    int kind = nested || follows(2, '!') ? Kind.EVIL : Kind.COMMENT;
    return upTo(close < 0 ? end : close + 2, kind, token);
  }

  /** MySQL writes NULL as backslash N. */
  private int backslash(SqlToken token) {
    return follows(1, 'N') ? upTo(pos + 2, Kind.NUMBER, token) : one(Kind.BACKSLASH, token);
  }

  private int operator(SqlToken token) {
    if (pos + 1 >= end) {
      return one(Kind.OPERATOR, token);
    }
    if (s[pos] == '<' && s[pos + 1] == '=' && follows(2, '>')) {
      return upTo(pos + 3, Kind.OPERATOR, token);
    }
    int pair = SqlWords.kind(SqlWords.find(s, pos, 2));
    if (pair != Kind.NONE) {
      return upTo(pos + 2, pair, token);
    }
    return one(s[pos] == ':' ? Kind.COLON : Kind.OPERATOR, token);
  }

  /** A name between brackets, as SQL Server writes it. */
  private int bracket(SqlToken token) {
    int close = SqlBytes.indexOf(s, pos, end, (byte) ']');
    return upTo(close < 0 ? end : close + 1, Kind.BAREWORD, token);
  }

  /** A name between backticks, as MySQL writes it; it may name a function. */
  private int tick(SqlToken token) {
    token.opened = '`';
    int after = SqlLiterals.quoted(s, pos + 1, end, (byte) '`', token);
    int word = SqlWords.find(s, pos + 1, token.length);
    token.kind = SqlWords.kind(word) == Kind.FUNCTION ? Kind.FUNCTION : Kind.BAREWORD;
    token.startsPhrase = SqlWords.startsPhrase(word);
    return after;
  }

  private int variable(SqlToken token) {
    int name = follows(1, '@') ? pos + 2 : pos + 1;
    token.ats = name - pos;
    if (name < end && (s[name] == '`' || s[name] == '\'' || s[name] == '"')) {
      token.opened = s[name];
      int after = SqlLiterals.quoted(s, name + 1, end, s[name], token);
      token.kind = Kind.VARIABLE;
      return after;
    }
    int after = name;
    while (after < end && !SqlBytes.in(s[after], SqlBytes.VARIABLE_END)) {
      after++;
    }
    token.set(Kind.VARIABLE, name, after - name);
    return after;
  }

  /**
   * A word up to the next byte that ends one. A known word before a dot or a backtick inside stands
   * alone: {@code select.1}. Words longer than the token's text are names and not looked up.
   */
  private int word(SqlToken token) {
    int hash = 0;
    int at = pos;
    int cut = Math.min(end, pos + SqlToken.TEXT_MAX);
    while (at < cut) {
      byte b = s[at];
      int runs = SqlBytes.runs(b);
      if ((runs & (SqlBytes.WORD_END | SqlBytes.WORD_SPLIT)) != 0) {
        if ((runs & SqlBytes.WORD_END) != 0) {
          break;
        }
        int word = SqlWords.find(s, pos, at - pos, hash);
        if (isMoreThanName(SqlWords.kind(word))) {
          return known(at, word, token);
        }
      }
      hash = SqlWords.step(hash, b);
      at++;
    }
    if (at == pos + SqlToken.TEXT_MAX) {
      int after = at;
      while (after < end && !SqlBytes.in(s[after], SqlBytes.WORD_END)) {
        after++;
      }
      if (after > at) {
        return upTo(after, Kind.BAREWORD, token);
      }
    }
    return known(at, SqlWords.find(s, pos, at - pos, hash), token);
  }

  private static boolean isMoreThanName(int kind) {
    return kind != Kind.NONE && kind != Kind.BAREWORD;
  }

  private int known(int after, int word, SqlToken token) {
    int kind = SqlWords.kind(word);
    token.set(kind == Kind.NONE ? Kind.BAREWORD : kind, pos, after - pos);
    token.startsPhrase = SqlWords.startsPhrase(word);
    return after;
  }
}
