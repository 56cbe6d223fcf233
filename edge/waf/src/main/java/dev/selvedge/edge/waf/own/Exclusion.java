package dev.selvedge.edge.waf.own;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Rules that are left out: everywhere, below a path, for a parameter, or for a parameter below a
 * path.
 *
 * <p>Names are checked here, so that the text they become cannot say anything else. Immutable.
 *
 * @param rules which
 * @param path whole segments from the start of the path, such as {@code /editor}; null for all
 * @param parameter the parameter's name, such as {@code html} or {@code json.text}; null for all of
 *     a request
 */
public record Exclusion(Rules rules, @Nullable String path, @Nullable String parameter) {
  private static final Pattern NAME = Pattern.compile("[\\w.\\[\\]-]{1,100}");
  private static final Pattern TAG = Pattern.compile("[a-z0-9/-]{1,60}");
  private static final Pattern PATH = Pattern.compile("/[\\w./~-]{0,500}");

  /** Which rules. Immutable. */
  public sealed interface Rules {
    /** Every rule of the set. */
    record All() implements Rules {}

    /** The rule of that id. */
    record Id(long id) implements Rules {}

    /** All rules that carry that tag, such as {@code family/sql}. */
    record Tag(String tag) implements Rules {
      public Tag {
        check(TAG, tag, "tag");
      }
    }
  }

  public Exclusion {
    check(PATH, path, "path");
    check(NAME, parameter, "parameter");
  }

  private static void check(Pattern pattern, @Nullable String text, String what) {
    if (text != null && !pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("an exclusion cannot name the " + what + " " + text);
    }
  }

  /** The same in the rule language. {@code id} is the rule's, where one is needed. */
  String directive(long id) {
    String tag = rules instanceof Rules.Tag t ? t.tag() : OwnRules.TAG;
    Long one = rules instanceof Rules.Id r ? r.id() : null;
    if (path == null && parameter == null) {
      return one == null
          ? "SecRuleRemoveByTag \"" + tag + "\"\n"
          : "SecRuleRemoveById " + one + "\n";
    }
    if (path == null) {
      String start = one == null ? "ByTag \"" + tag : "ById \"" + one;
      return "SecRuleUpdateTarget" + start + "\" \"!ARGS:" + parameter + "\"\n";
    }
    String which = one == null ? "ByTag=" + tag : "ById=" + one;
    String ctl =
        parameter == null
            ? "ruleRemove" + which
            : "ruleRemoveTarget" + which + ";ARGS:" + parameter;
    return "SecRule REQUEST_FILENAME \"@rx "
        + segments(path)
        + "\" \"id:"
        + id
        + ",phase:1,pass,nolog,ctl:"
        + ctl
        + "\"\n";
  }

  /** A pattern for the path itself and what lies below it. */
  private static String segments(String path) {
    String whole = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    return "^" + whole.replace(".", "\\.").replace("-", "\\-") + "(?:/|$)";
  }
}
