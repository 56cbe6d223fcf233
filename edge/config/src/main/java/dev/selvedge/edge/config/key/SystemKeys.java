package dev.selvedge.edge.config.key;

import static dev.selvedge.edge.config.value.Measure.time;

import dev.selvedge.edge.config.Cidr;
import dev.selvedge.edge.config.SystemConfig.AccessLog;
import dev.selvedge.edge.config.SystemConfig.ForwardedField;
import dev.selvedge.edge.config.SystemConfig.Transport;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Addresses;
import dev.selvedge.edge.config.value.Fields;
import dev.selvedge.edge.config.value.Texts;
import dev.selvedge.edge.config.value.Types;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The keys of {@code system}, without those of its blocks. */
public final class SystemKeys {

  public static final Key<Integer> WORKER_THREADS =
      Key.withDefault(
          "system.worker-threads",
          new Types.Whole(0, 1_024),
          "0",
          "Event loops; 0 is one for each core.",
          "SystemKeysTest#runsAsManyLoopsAsWorkerThreads");

  public static final Key<Transport> TRANSPORT =
      Key.withDefault(
          "system.transport",
          Types.Choice.of("epoll", Transport.EPOLL).or("io_uring", Transport.IO_URING),
          "\"epoll\"",
          "How event loops wait for the system.",
          "SystemKeysTest#servesOverEachTransport");

  public static final Key<Duration> GRACEFUL_SHUTDOWN_TIMEOUT =
      Key.withDefault(
          "system.graceful-shutdown-timeout",
          time("1ms", "1h"),
          "\"30s\"",
          "How long a drain may take; then what has no answer gets 503, and connections are cut.",
          "SystemKeysTest#cutsConnectionsAtTheEndOfADrain");

  public static final Key<Duration> DRAIN_DELAY =
      Key.withDefault(
          "system.drain-delay",
          time("0ms", "10m"),
          "\"1s\"",
          "How long a drain still accepts after `/ready` says 503.",
          "SystemKeysTest#acceptsDuringTheDrainDelay");

  public static final Key<Boolean> RELOAD_ON_CHANGE =
      Key.withDefault(
          "system.reload-on-change",
          new Types.Switch(),
          "#false",
          "Whether the configuration files are watched and reloaded.",
          "SystemKeysTest#reloadsWhenAFileChanges");

  public static final Key<List<Cidr>> TRUSTED_PROXIES =
      Key.optional(
          "system.trusted-proxies",
          new Types.Texts<>("address or address block", Addresses::cidr),
          "Peers whose PROXY headers and forwarding fields are believed.",
          "ClientAddressTest#believesOnlyTrustedProxies");

  public static final Key<ForwardedField> FORWARDED =
      Key.withDefault(
          "system.forwarded",
          Types.Choice.of("x-forwarded-for", ForwardedField.X_FORWARDED_FOR)
              .or("forwarded", ForwardedField.FORWARDED),
          "\"x-forwarded-for\"",
          "The one forwarding field that is read; the other is removed.",
          "ClientAddressTest#readsOnlyTheConfiguredForwardingField");

  public static final Key<List<String>> IDENTITY_FIELDS =
      Key.optional(
          "system.identity-fields",
          new Types.Texts<>("field name", Fields::identity),
          "Fields removed from requests of peers that are not trusted.",
          "FieldsTest#removesIdentityFieldsOfUntrustedPeers");

  public static final Key<Boolean> STRICT_TARGET =
      Key.withDefault(
          "system.strict-target",
          new Types.Switch(),
          "#false",
          "Whether bytes outside RFC 3986 in a request target are refused with 400.",
          "FieldsTest#refusesBytesOutsideRfc3986UnderStrictTarget");

  public static final Key<AccessLog> ACCESS_LOG =
      Key.withDefault(
          "system.access-log",
          new Types.Text<>("`off`, `stdout` or path of a file", Texts::accessLog),
          "\"stdout\"",
          "Where access lines go; a file is reopened on reload.",
          "SystemKeysTest#writesAccessLinesWhereItIsTold");

  public static final Key<Path> SPILL_DIRECTORY =
      Key.optional(
          "system.spill-directory",
          new Types.Text<>("path of a folder, relative to this file", Texts::path),
          "Where bodies held for agents go that do not fit into memory; made with mode 0700 where"
              + " it"
              + " is not there. Without it a folder of our own in the system's temporary folder.",
          "BodyBoundsTest#spillsIntoTheFolderThatIsConfigured");

  public static final Key<KdlNode> LIMITS =
      Key.optional(
          "system.limits",
          LimitKeys.BLOCK,
          "Bounds of the process and of one message.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  public static final Key<KdlNode> TIMEOUTS =
      Key.optional(
          "system.timeouts",
          TimeoutKeys.BLOCK,
          "Timers of the client's side.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  static final Block BLOCK =
      Block.of(
          "system",
          WORKER_THREADS,
          TRANSPORT,
          GRACEFUL_SHUTDOWN_TIMEOUT,
          DRAIN_DELAY,
          RELOAD_ON_CHANGE,
          TRUSTED_PROXIES,
          FORWARDED,
          IDENTITY_FIELDS,
          STRICT_TARGET,
          ACCESS_LOG,
          SPILL_DIRECTORY,
          LIMITS,
          TIMEOUTS);

  private SystemKeys() {}
}
