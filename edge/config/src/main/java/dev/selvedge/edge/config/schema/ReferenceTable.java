package dev.selvedge.edge.config.schema;

/** The keys of a block as a table of a reference page. */
public final class ReferenceTable {

  private ReferenceTable() {}

  /** Markdown, a row for each key in the order of the block. */
  public static String of(Block block) {
    StringBuilder out = new StringBuilder("| key | value | default | meaning | shown by |\n");
    out.append("|---|---|---|---|---|\n");
    block.keys().forEach(key -> row(key, out));
    return out.toString();
  }

  private static void row(Key<?> key, StringBuilder out) {
    String presence =
        switch (key.presence()) {
          case REQUIRED -> "*required*";
          case REPEATED -> "*repeatable*";
          case OPTIONAL -> key.defaultText() == null ? "–" : "`" + key.defaultText() + "`";
        };
    out.append("| `").append(key.name()).append("` | ");
    out.append(key.type().text()).append(" | ").append(presence).append(" | ");
    out.append(key.meaning()).append(" | ").append(key.proof().replace("#", " ")).append(" |\n");
  }
}
