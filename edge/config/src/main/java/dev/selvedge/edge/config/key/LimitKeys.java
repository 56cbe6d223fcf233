package dev.selvedge.edge.config.key;

import static dev.selvedge.edge.config.value.Measure.size;

import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Types;
import dev.selvedge.kernel.ByteSize;

/** The keys of {@code system.limits}: the table of EDGE 4. */
public final class LimitKeys {

  public static final Key<Integer> MAX_CONNECTIONS =
      Key.withDefault(
          "system.limits.max-connections",
          new Types.Whole(1, 1_000_000),
          "10000",
          "Client connections in all; at the bound accepting pauses.",
          "BoundsTest#pausesAcceptingOverMaxConnections");

  public static final Key<Integer> MAX_CONNECTIONS_PER_ADDRESS =
      Key.withDefault(
          "system.limits.max-connections-per-address",
          new Types.Whole(1, 1_000_000),
          "256",
          "Connections of one client address; a further one is refused.",
          "BoundsTest#refusesConnectionsOverPerAddress");

  public static final Key<Integer> MAX_IN_FLIGHT =
      Key.withDefault(
          "system.limits.max-in-flight",
          new Types.Whole(1, 1_000_000),
          "10000",
          "Exchanges at a time; a further request gets 503.",
          "BoundsTest#refusesRequestsOverMaxInFlight");

  public static final Key<ByteSize> MAX_BUFFERED =
      Key.withDefault(
          "system.limits.max-buffered",
          size("1KiB", "64GiB"),
          "\"256MiB\"",
          "Bytes buffered over all connections; at the bound new requests get 503.",
          "BoundsTest#refusesRequestsOverMaxBuffered");

  public static final Key<ByteSize> MAX_BUFFERED_PER_DIRECTION =
      Key.withDefault(
          "system.limits.max-buffered-per-direction",
          size("1KiB", "16MiB"),
          "\"256KiB\"",
          "Bytes buffered of one exchange in one direction; at the bound reading pauses. At most"
              + " 64 KiB while half of max-buffered is in use.",
          "BoundsTest#pausesReadingOverMaxBufferedPerDirection");

  public static final Key<ByteSize> MAX_SPILL =
      Key.withDefault(
          "system.limits.max-spill",
          size("0B", "1024GiB"),
          "\"1GiB\"",
          "Bytes in files of all bodies held for agents; at the bound 503.",
          "BodyBoundsTest#refusesBodiesOverMaxSpill");

  public static final Key<ByteSize> MAX_HEAD =
      Key.withDefault(
          "system.limits.max-head",
          size("128B", "1MiB"),
          "\"32KiB\"",
          "A head, all lines together; over it 431, from an upstream 502.",
          "BoundsTest#refusesHeadOverMaxHead");

  public static final Key<Integer> MAX_FIELDS =
      Key.withDefault(
          "system.limits.max-fields",
          new Types.Whole(1, 10_000),
          "100",
          "Field lines of a head; over it 431.",
          "BoundsTest#refusesMoreFieldsThanMaxFields");

  public static final Key<ByteSize> MAX_FIELD_NAME =
      Key.withDefault(
          "system.limits.max-field-name",
          size("16B", "64KiB"),
          "\"256B\"",
          "One field name; over it 431.",
          "BoundsTest#refusesFieldNameOverMaxFieldName");

  public static final Key<ByteSize> MAX_FIELD_VALUE =
      Key.withDefault(
          "system.limits.max-field-value",
          size("16B", "1MiB"),
          "\"8KiB\"",
          "One field value; over it 431.",
          "BoundsTest#refusesFieldValueOverMaxFieldValue");

  public static final Key<ByteSize> MAX_TARGET =
      Key.withDefault(
          "system.limits.max-target",
          size("16B", "1MiB"),
          "\"8KiB\"",
          "A request target; over it 414.",
          "BoundsTest#refusesTargetOverMaxTarget");

  public static final Key<ByteSize> MAX_BODY =
      Key.withDefault(
          "system.limits.max-body",
          size("0B", "1024GiB"),
          "\"10MiB\"",
          "A request body where the route does not say otherwise; over it 413.",
          "BoundsTest#refusesBodyOverMaxBody");

  static final Block BLOCK =
      Block.of(
          "system.limits",
          MAX_CONNECTIONS,
          MAX_CONNECTIONS_PER_ADDRESS,
          MAX_IN_FLIGHT,
          MAX_BUFFERED,
          MAX_BUFFERED_PER_DIRECTION,
          MAX_SPILL,
          MAX_HEAD,
          MAX_FIELDS,
          MAX_FIELD_NAME,
          MAX_FIELD_VALUE,
          MAX_TARGET,
          MAX_BODY);

  private LimitKeys() {}
}
