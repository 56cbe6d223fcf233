package dev.selvedge.edge.config.key;

import static dev.selvedge.edge.config.value.Measures.size;
import static dev.selvedge.edge.config.value.Measures.time;

import dev.selvedge.edge.config.RouteConfig.FieldEdit;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Spot;
import dev.selvedge.edge.config.value.Fields;
import dev.selvedge.edge.config.value.Types;
import dev.selvedge.kernel.ByteSize;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The keys of a route's {@code policies}. */
public final class PolicyKeys {

  public static final Key<ByteSize> MAX_BODY =
      Key.optional(
          "routes.route.policies.max-body",
          size("0B", "1024GiB"),
          "A request body; over it 413. Without it `system.limits.max-body` holds.",
          "BoundsTest#refusesBodyOverMaxBodyOfTheRoute");

  public static final Key<Integer> MAX_IN_FLIGHT =
      Key.optional(
          "routes.route.policies.max-in-flight",
          new Types.Whole(1, 1_000_000),
          "Exchanges at a time on this route; a further request gets 503.",
          "BoundsTest#refusesRequestsOverMaxInFlightOfTheRoute");

  public static final Key<Integer> MAX_UPGRADED =
      Key.withDefault(
          "routes.route.policies.max-upgraded",
          new Types.Whole(0, 1_000_000),
          "1000",
          "Upgraded connections at a time; 0 refuses upgrades.",
          "BoundsTest#refusesUpgradesOverMaxUpgraded");

  public static final Key<Duration> TOTAL_TIMEOUT =
      Key.optional(
          "routes.route.policies.total-timeout",
          time("1ms", "24h"),
          "From the end of the head to the last byte of the answer; else 504 or a cut answer.",
          "TimersTest#endsAnExchangeAtItsTotalTimeout");

  /** Edits of one direction: the same three keys under another path. */
  public record Edits(Key<KdlNode> block, List<Key<? extends FieldEdit>> keys) {}

  public static final Edits REQUEST_FIELDS = edits(true);
  public static final Edits RESPONSE_FIELDS = edits(false);

  public static final Key<KdlNode> POLICIES =
      Key.optional(
          "routes.route.policies",
          Block.of(
                  "routes.route.policies",
                  MAX_BODY,
                  MAX_IN_FLIGHT,
                  MAX_UPGRADED,
                  TOTAL_TIMEOUT,
                  REQUEST_FIELDS.block,
                  RESPONSE_FIELDS.block)
              .later("retry", "cors", "rate-limit", "cache", "failure-mode"),
          "Bounds and changes for requests of this route.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  private PolicyKeys() {}

  private static Edits edits(boolean request) {
    String direction = request ? "request" : "response";
    String side = request ? "Request" : "Response";
    String path = "routes.route.policies." + direction + "-fields";
    Key<FieldEdit> set =
        Key.repeated(
            path + ".set",
            new Fields.Edit(request, FieldEdit.Set::new),
            "Replaces all lines of a name by one.",
            "FieldsTest#sets" + side + "Fields");
    Key<FieldEdit> add =
        Key.repeated(
            path + ".add",
            new Fields.Edit(request, FieldEdit.Add::new),
            "Adds a line.",
            "FieldsTest#adds" + side + "Fields");
    Key<FieldEdit> remove =
        Key.repeated(
            path + ".remove",
            new Types.Text<>("field name", (text, spot) -> removed(text, request, spot)),
            "Removes all lines of a name.",
            "FieldsTest#removes" + side + "Fields");
    Key<KdlNode> block =
        Key.optional(
            path,
            Block.of(path, set, add, remove),
            "Changes of the " + direction + "'s fields, made in the order they are written.",
            "FieldsTest#changes" + side + "FieldsInOrder");
    return new Edits(block, List.of(set, add, remove));
  }

  private static @Nullable FieldEdit removed(String text, boolean request, Spot spot) {
    @Nullable String name = Fields.editable(text, request, spot);
    return name == null ? null : new FieldEdit.Remove(name);
  }
}
