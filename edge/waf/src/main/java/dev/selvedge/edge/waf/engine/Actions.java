package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.Action;
import dev.selvedge.edge.waf.rule.EngineMode;
import dev.selvedge.edge.waf.variable.Name;
import dev.selvedge.edge.waf.variable.Variable;

/** Runs the actions that change a transaction without deciding over it. */
final class Actions {
  private Actions() {}

  static void run(Action action, State s, Message message) {
    switch (action) {
      case Action.SetVar a -> setVar(a, s);
      case Action.ExpireVar a -> expireVar(a, s);
      case Action.InitCol a -> {
        s.storedKeys.put(a.collection(), a.key().expand(s));
        s.log(5, "Collection `" + a.collection() + "' initialized");
      }
      case Action.SetId a -> setId(a, s);
      case Action.SetEnv a -> setEnv(a, s);
      case Action.Logging a -> message.logging(a);
      case Action.Skip a -> s.skipRules = a.rules();
      case Action.SkipAfter a -> s.skipAfter = a.marker();
      case Action.XmlNamespace a -> {
        s.xmlNamespaces.put(a.prefix(), a.uri());
        s.log(4, "Registered XML namespace href \"" + a.uri() + "\" prefix \"" + a.prefix() + "\"");
      }
      case Action.CtlRuleEngine a -> ruleEngine(a, s);
      case Action.CtlRequestBodyAccess a -> s.requestBodyAccess = a.on();
      case Action.CtlBodyProcessor a -> s.request.processor = a.processor();
      case Action.CtlForceRequestBody a -> s.forceRequestBody = a.on();
      case Action.CtlAudit _ -> {} // the host's audit log; the match reports what it needs
      case Action.CtlRemoveById a -> s.removedIds.addAll(a.ids());
      case Action.CtlRemoveByTag a -> s.removedTags.add(Bytes.text(a.tag().expand(s)));
      case Action.CtlRemoveTargetById a ->
          s.removedTargets.add(new State.RemovedTarget(a.id(), null, a.target()));
      case Action.CtlRemoveTargetByTag a ->
          s.removedTargets.add(new State.RemovedTarget(0, a.tag(), a.target()));
    }
  }

  private static void ruleEngine(Action.CtlRuleEngine a, State s) {
    String name =
        switch (a.mode()) {
          case ON -> "Enabled";
          case OFF -> "Disabled";
          case DETECTION_ONLY -> "DetectionOnly";
        };
    s.log(8, "Setting SecRuleEngine to " + name + " as requested by a ctl:ruleEngine action");
    s.engine = a.mode();
  }

  static boolean off(State s) {
    return s.engine == EngineMode.OFF;
  }

  static void setVar(Action.SetVar a, State s) {
    Name name = a.name().name(s);
    if (a.change() == Action.Change.UNSET) {
      if (a.collection() == Variable.TX) {
        s.tx.remove(name);
      } else {
        s.stored.remove(s.storedKey(a.collection()), name.written());
      }
      return;
    }
    byte[] value = a.value().expand(s);
    if (a.change() != Action.Change.SET) {
      value = Action.changed(a.change(), get(a.collection(), name, s), value);
    }
    if (s.trace.on()) {
      String text = name + " with value: " + Bytes.text(value);
      s.log(8, "Saving variable: " + a.collection() + ":" + text);
    }
    if (a.collection() == Variable.TX) {
      s.tx.set(name, value);
    } else {
      s.stored.set(s.storedKey(a.collection()), name.written(), value);
    }
  }

  private static byte[] get(Variable collection, Name name, State s) {
    byte[] value =
        collection == Variable.TX
            ? s.tx.get(name)
            : s.stored.get(s.storedKey(collection), name.written(), s.nowMillis());
    return value == null ? Bytes.EMPTY : value;
  }

  private static void expireVar(Action.ExpireVar a, State s) {
    Name name = a.name().name(s);
    long ends = s.nowMillis() + 1000L * Bytes.atoi(a.seconds().expand(s));
    if (a.collection() == Variable.TX) {
      s.tx.expire(name, ends);
    } else {
      s.stored.expire(s.storedKey(a.collection()), name.written(), ends, s.nowMillis());
    }
  }

  private static void setId(Action.SetId a, State s) {
    byte[] key = a.key().expand(s);
    s.storedKeys.put(a.collection(), key);
    if (a.collection() == Variable.SESSION) {
      s.sessionId = key;
    } else if (a.collection() == Variable.USER) {
      s.userId = key;
    }
    if (s.trace.on()) {
      s.log(8, a.collection() + "::" + Bytes.text(key));
    }
  }

  private static void setEnv(Action.SetEnv a, State s) {
    byte[] name = a.name().expand(s);
    byte[] value = a.value().expand(s);
    if (s.trace.on()) {
      s.log(8, "Setting environment variable: " + Bytes.text(name) + " to " + Bytes.text(value));
    }
    s.environment.set(name, value);
  }
}
