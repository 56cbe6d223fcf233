package dev.selvedge.edge.waf.lang;

import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.Locale;

/**
 * {@code setvar:tx.a=1}, {@code =+2}, {@code =-2}, {@code !tx.a}, {@code tx.a}; {@code
 * expirevar:ip.a=60}.
 */
final class SetVarParser {
  private SetVarParser() {}

  static Action setVar(String text) {
    boolean unset = text.startsWith("!");
    String body = unset ? text.substring(1) : text;
    int equals = equalsOutsideMacro(body);
    String left = equals < 0 ? body : body.substring(0, equals);
    String right = equals < 0 ? "" : ActionWord.unquote(body.substring(equals + 1));
    int dot = dot(left);
    Variable collection = collection(left.substring(0, dot));
    Macro name = Macro.parse(left.substring(dot + 1).strip());
    if (unset) {
      return new Action.SetVar(collection, name, Action.Change.UNSET, Macro.parse(""));
    }
    if (equals < 0) {
      return new Action.SetVar(collection, name, Action.Change.SET, Macro.parse("1"));
    }
    if (right.startsWith("+")) {
      return new Action.SetVar(
          collection, name, Action.Change.ADD, Macro.parse(right.substring(1)));
    }
    if (right.startsWith("-")) {
      return new Action.SetVar(
          collection, name, Action.Change.SUBTRACT, Macro.parse(right.substring(1)));
    }
    return new Action.SetVar(collection, name, Action.Change.SET, Macro.parse(right));
  }

  static Action expireVar(String text) {
    int equals = equalsOutsideMacro(text);
    if (equals < 0) {
      throw new IllegalArgumentException("expirevar needs collection.name=seconds: " + text);
    }
    String left = text.substring(0, equals);
    int dot = dot(left);
    return new Action.ExpireVar(
        collection(left.substring(0, dot)),
        Macro.parse(left.substring(dot + 1).strip()),
        Macro.parse(text.substring(equals + 1)));
  }

  private static int equalsOutsideMacro(String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      } else if (c == '=' && depth <= 0) {
        return i;
      }
    }
    return -1;
  }

  private static int dot(String text) {
    int dot = text.indexOf('.');
    int colon = text.indexOf(':');
    int at = dot < 0 ? colon : colon < 0 ? dot : Math.min(dot, colon);
    if (at <= 0 || at == text.length() - 1) {
      throw new IllegalArgumentException("expected collection.name: " + text);
    }
    return at;
  }

  private static Variable collection(String name) {
    Variable variable = Variable.named(name.strip());
    boolean writable =
        variable == Variable.TX || (variable != null && variable.shape() == Variable.Shape.STORED);
    if (variable == null || !writable) {
      throw new IllegalArgumentException(
          "not a collection that can be set: " + name.toUpperCase(Locale.ROOT));
    }
    return variable;
  }
}
