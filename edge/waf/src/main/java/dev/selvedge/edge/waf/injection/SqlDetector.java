package dev.selvedge.edge.waf.injection;

import org.jspecify.annotations.Nullable;

/**
 * Judges one value after another; answers exactly as libinjection 3.9.2 and allocates only where it
 * finds something.
 *
 * <p>A value is read as it is; behind a single quote if it holds one; behind a double quote if it
 * holds one; and again with MySQL's comments where those read otherwise: at most five readings,
 * each linear. Between calls it holds no value. Not thread-safe.
 */
public final class SqlDetector {
  private static final byte NO_QUOTE = 0;

  private final SqlTokenizer tokenizer = new SqlTokenizer();
  private final SqlFolder folder = new SqlFolder(tokenizer);

  /** The fingerprint of the attack in a value, null if there is none. */
  public @Nullable String fingerprint(byte[] s, int off, int len) {
    return fingerprint(s, off, len, ByteClasses.in(s, off, len));
  }

  /**
   * The same for a caller that knows the value's byte classes.
   *
   * @param classes what {@link ByteClasses#in} says of the value
   */
  public @Nullable String fingerprint(byte[] s, int off, int len, int classes) {
    if (ByteClasses.cannotBeSql(classes)) {
      return null;
    }
    try {
      int tokens = judge(s, off, len, classes);
      return tokens == 0 ? null : letters(tokens);
    } finally {
      tokenizer.release();
    }
  }

  /** The number of tokens of the fingerprint that convicts the value, 0 if none does. */
  private int judge(byte[] s, int off, int len, int classes) {
    int tokens = judgeBothComments(s, off, len, NO_QUOTE);
    if (tokens == 0 && (classes & ByteClasses.SINGLE_QUOTE) != 0) {
      tokens = judgeBothComments(s, off, len, (byte) '\'');
    }
    if (tokens == 0 && (classes & ByteClasses.DOUBLE_QUOTE) != 0) {
      tokens = judge(s, off, len, (byte) '"', true);
    }
    return tokens;
  }

  private int judgeBothComments(byte[] s, int off, int len, byte quote) {
    int tokens = judge(s, off, len, quote, false);
    return tokens == 0 && tokenizer.readsOtherwiseInMysql()
        ? judge(s, off, len, quote, true)
        : tokens;
  }

  private int judge(byte[] s, int off, int len, byte quote, boolean mysql) {
    tokenizer.begin(s, off, len, quote, mysql);
    int tokens = folded();
    int code = 0;
    for (int i = 0; i < tokens; i++) {
      code = SqlFingerprints.append(code, folder.token(i).kind);
    }
    boolean attack =
        SqlFingerprints.contains(code)
            && !FalsePositives.contains(folder, tokens, tokenizer.tokens(), s, off, len);
    return attack ? tokens : 0;
  }

  /** The number of folded tokens; one evil token stands for all. */
  private int folded() {
    int tokens = folder.fold();
    if (tokens > 2) {
      SqlToken last = folder.token(tokens - 1);
      boolean openTick = last.opened == '`' && last.closed == 0;
      if (last.kind == Kind.BAREWORD && openTick && last.length == 0) {
        // PHP takes a lone backtick at the end for a comment.
        last.kind = Kind.COMMENT;
      }
    }
    for (int i = 0; i < tokens; i++) {
      if (folder.token(i).kind == Kind.EVIL) {
        folder.token(0).kind = Kind.EVIL;
        return 1;
      }
    }
    return tokens;
  }

  /** The folded kinds of a value in one context, whether they convict it or not. */
  String sequence(byte[] s, int off, int len, byte quote, boolean mysql) {
    tokenizer.begin(s, off, len, quote, mysql);
    return letters(folded());
  }

  private String letters(int tokens) {
    StringBuilder letters = new StringBuilder(tokens);
    for (int i = 0; i < tokens; i++) {
      letters.append(Kind.letter(folder.token(i).kind));
    }
    return letters.toString();
  }
}
