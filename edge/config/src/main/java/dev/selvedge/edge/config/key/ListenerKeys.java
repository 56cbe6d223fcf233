package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.ListenerConfig.Protocol;
import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Addresses;
import dev.selvedge.edge.config.value.Types;

/** The keys of {@code listeners}. */
public final class ListenerKeys {

  public static final Key<Address> ADDRESS =
      Key.required(
          "listeners.listener.address",
          new Types.Text<>("address; port 0 takes a free one", Addresses::listening),
          "Where the listener accepts connections.",
          "SystemKeysTest#acceptsAtTheAddressOfTheListener");

  public static final Key<Protocol> PROTOCOL =
      Key.withDefault(
          "listeners.listener.protocol",
          Types.Choice.of("http", Protocol.HTTP).later("https", "h2", "h2c", "h3"),
          "\"http\"",
          "What is spoken.",
          "SystemKeysTest#speaksTheProtocolOfTheListener");

  public static final Key<Boolean> PROXY_PROTOCOL =
      Key.withDefault(
          "listeners.listener.proxy-protocol",
          new Types.Switch(),
          "#false",
          "Whether each connection must begin with a PROXY v1 or v2 header from a trusted proxy.",
          "ClientAddressTest#requiresTheProxyHeaderWhereTheListenerSaysSo");

  static final Block ONE =
      Block.named("listeners.listener", ADDRESS, PROTOCOL, PROXY_PROTOCOL)
          .later("tls", "http2", "http3", "default-route");

  public static final Key<KdlNode> LISTENER =
      Key.repeated(
          "listeners.listener",
          ONE,
          "One listening address, by a name that routes and logs use.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  static final Block BLOCK = Block.of("listeners", LISTENER);

  private ListenerKeys() {}
}
