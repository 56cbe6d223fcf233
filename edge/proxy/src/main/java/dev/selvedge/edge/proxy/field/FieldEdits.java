package dev.selvedge.edge.proxy.field;

import dev.selvedge.edge.config.RouteConfig.FieldEdit;
import dev.selvedge.kernel.HttpHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The field changes that a route's configuration asks for, in order. Immutable. */
public final class FieldEdits {

  private final byte[][] names;
  private final byte[] @Nullable [] values;
  private final boolean[] replaces;

  public FieldEdits(List<FieldEdit> edits) {
    int count = edits.size();
    names = new byte[count][];
    values = new byte[count][];
    replaces = new boolean[count];
    for (int i = 0; i < count; i++) {
      FieldEdit edit = edits.get(i);
      names[i] = edit.name().getBytes(StandardCharsets.US_ASCII);
      switch (edit) {
        case FieldEdit.Set set -> {
          values[i] = set.value().getBytes(StandardCharsets.UTF_8);
          replaces[i] = true;
        }
        case FieldEdit.Add add -> values[i] = add.value().getBytes(StandardCharsets.UTF_8);
        case FieldEdit.Remove remove -> replaces[i] = true;
      }
    }
  }

  /** Makes the changes. */
  public void apply(HttpHead head) {
    for (int i = 0; i < names.length; i++) {
      if (replaces[i]) {
        head.removeFields(names[i]);
      }
      byte[] value = values[i];
      if (value != null) {
        head.addField(names[i], value);
      }
    }
  }

  /** Removes the names that are changed: what the head says about them is not said otherwise. */
  public void dropFrom(HttpHead trailers) {
    for (byte[] name : names) {
      trailers.removeFields(name);
    }
  }
}
