package dev.selvedge.edge.proxy.agent;

import dev.selvedge.edge.config.SystemConfig.LimitsConfig;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Field;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Op;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.kernel.HttpHead;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The field changes that agents ask for. What of a name or value is never allowed was checked where
 * the decision was decoded; here stand the proxy's own bounds, the same as for a client's fields.
 */
public final class HeadChanges {

  private HeadChanges() {}

  /** Whether a client's head with these fields would be refused or lose them. */
  public static boolean allowed(Decision decision, LimitsConfig limits) {
    long bytes = 0;
    int added = 0;
    for (Mutation mutation : decision.mutations()) {
      if (mutation.op() != Op.REMOVE) {
        String name = mutation.name();
        bytes += name.length() + mutation.value().length();
        added++;
        if (name.indexOf('_') >= 0
            || name.length() > limits.maxFieldName().bytes()
            || mutation.value().length() > limits.maxFieldValue().bytes()) {
          return false;
        }
      }
    }
    return added <= limits.maxFields() && bytes <= limits.maxHead().bytes();
  }

  /** Makes the changes that are meant for such a head. */
  public static void apply(Decision decision, Target target, HttpHead head) {
    List<Mutation> mutations = decision.mutations();
    for (int i = 0; i < mutations.size(); i++) {
      Mutation mutation = mutations.get(i);
      if (mutation.target() == target) {
        byte[] name = latin(mutation.name());
        switch (mutation.op()) {
          case SET -> {
            head.removeFields(name);
            head.addField(name, latin(mutation.value()));
          }
          case ADD -> head.addField(name, latin(mutation.value()));
          case REMOVE -> head.removeFields(name);
        }
      }
    }
  }

  /** Whether both set a field of the same name in such a head. */
  static boolean overrides(Decision later, Decision earlier, Target target) {
    for (Mutation one : later.mutations()) {
      for (Mutation other : earlier.mutations()) {
        if (one.op() == Op.SET
            && other.op() == Op.SET
            && one.target() == target
            && other.target() == target
            && one.name().equals(other.name())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Adds the fields of an agent's own answer. */
  static void add(List<Field> fields, HttpHead head) {
    for (Field field : fields) {
      head.addField(latin(field.name()), latin(field.value()));
    }
  }

  /** Copies method, status and fields. */
  public static void copy(HttpHead from, HttpHead to) {
    to.clear();
    byte[] bytes = from.bytes();
    to.method(to.append(bytes, from.methodStart(), from.methodLength()), from.methodLength());
    to.target(to.append(bytes, from.targetStart(), from.targetLength()), from.targetLength());
    to.status(from.status());
    for (int i = 0; i < from.fieldCount(); i++) {
      int name = to.append(bytes, from.nameStart(i), from.nameLength(i));
      int value = to.append(bytes, from.valueStart(i), from.valueLength(i));
      to.addField(name, from.nameLength(i), value, from.valueLength(i));
    }
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
