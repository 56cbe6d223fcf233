package dev.selvedge.edge.waf.rule;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Macro;
import dev.selvedge.edge.waf.variable.Target;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An action that runs when a rule matches and does not decide over the transaction. Immutable. */
public sealed interface Action {
  /** How {@code setvar} changes a value. */
  enum Change {
    SET,
    ADD,
    SUBTRACT,
    UNSET
  }

  /**
   * Sets, counts or removes a value of TX or of a stored collection; runs for each matched value.
   */
  record SetVar(Variable collection, Macro name, Change change, Macro value) implements Action {}

  /** The number that adding or subtracting gives; what is no number counts as 0. */
  static byte[] changed(Change change, byte @Nullable [] old, byte[] delta) {
    int before = old == null ? 0 : Bytes.atoi(old);
    int by = Bytes.atoi(delta);
    return Bytes.of(change == Change.ADD ? before + by : before - by);
  }

  /** A stored value ends after that many seconds. */
  record ExpireVar(Variable collection, Macro name, Macro seconds) implements Action {}

  /** Chooses the entry of a stored collection that this transaction uses. */
  record InitCol(Variable collection, Macro key) implements Action {}

  /** setsid, setuid, setrsc: like InitCol, and sets SESSIONID or USERID. */
  record SetId(Variable collection, Macro key) implements Action {}

  record SetEnv(Macro name, Macro value) implements Action {}

  /** Whether the match is reported (log, nolog, auditlog, noauditlog). */
  record Logging(String name, boolean log, boolean auditLog) implements Action {}

  record Skip(int rules) implements Action {}

  record SkipAfter(String marker) implements Action {}

  /** A namespace for the paths of the XML variable. */
  record XmlNamespace(String prefix, String uri) implements Action {}

  record CtlRuleEngine(EngineMode mode) implements Action {}

  record CtlRequestBodyAccess(boolean on) implements Action {}

  record CtlBodyProcessor(BodyProcessor processor) implements Action {}

  record CtlForceRequestBody(boolean on) implements Action {}

  /** Steers the host's audit log, which this library only reports to. */
  record CtlAudit(String what, String value) implements Action {}

  record CtlRemoveById(List<IdRange> ids) implements Action {}

  record CtlRemoveByTag(Macro tag) implements Action {}

  record CtlRemoveTargetById(long id, Target target) implements Action {}

  record CtlRemoveTargetByTag(String tag, Target target) implements Action {}

  /** First and last id, both included. */
  record IdRange(long first, long last) {
    public boolean contains(long id) {
      return first <= id && id <= last;
    }
  }
}
