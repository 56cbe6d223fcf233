package dev.selvedge.edge.agents.echo;

import dev.selvedge.edge.config.RouteConfig.FieldEdit;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.value.Fields;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Target;
import java.util.ArrayList;
import java.util.List;

/** The keys of echo's block. */
public final class EchoKeys {

  static final Key<FieldEdit> REQUEST_FIELD =
      Key.repeated(
          "echo.request-field",
          new Fields.Edit(true, FieldEdit.Add::new),
          "A field added to the request before it goes upstream.",
          "EchoAgentTest#addsItsFieldsToRequestAndResponse");

  static final Key<FieldEdit> RESPONSE_FIELD =
      Key.repeated(
          "echo.response-field",
          new Fields.Edit(false, FieldEdit.Add::new),
          "A field added to the response.",
          "EchoAgentTest#addsItsFieldsToRequestAndResponse");

  public static final Block BLOCK = Block.of("echo", REQUEST_FIELD, RESPONSE_FIELD);

  private EchoKeys() {}

  /** The changes that every request gets, in the order they are written. */
  public static List<Mutation> decode(Section section) {
    List<Mutation> all = new ArrayList<>();
    section.all(REQUEST_FIELD).forEach(edit -> all.add(added(Target.REQUEST, edit)));
    section.all(RESPONSE_FIELD).forEach(edit -> all.add(added(Target.RESPONSE, edit)));
    return List.copyOf(all);
  }

  private static Mutation added(Target target, FieldEdit edit) {
    return switch (edit) {
      case FieldEdit.Add add -> Mutation.add(target, add.name(), add.value());
      case FieldEdit.Set set -> Mutation.set(target, set.name(), set.value());
      case FieldEdit.Remove remove -> Mutation.remove(target, remove.name());
    };
  }
}
