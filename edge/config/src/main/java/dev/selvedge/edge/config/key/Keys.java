package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.config.value.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The top level of a configuration, and through it every key there is. */
public final class Keys {

  public static final Key<List<Ref>> INCLUDE =
      Key.repeated(
          "include",
          new Types.Texts<>("path of a file, or a pattern with `*`", Ref::read),
          "Reads other files as if their text stood here; relative to this file.",
          "IncludesTest#readsIncludedFilesInPlace");

  public static final Key<KdlNode> SYSTEM =
      Key.optional(
          "system",
          SystemKeys.BLOCK,
          "What holds for the whole process.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  public static final Key<KdlNode> ADMIN =
      Key.optional(
          "admin",
          AdminKeys.BLOCK,
          "The listener for operators.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  public static final Key<KdlNode> LISTENERS =
      Key.repeated(
          "listeners",
          ListenerKeys.BLOCK,
          "Where clients connect; at least one listener.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  public static final Key<KdlNode> ROUTES =
      Key.repeated(
          "routes",
          RouteKeys.BLOCK,
          "What answers which request; at least one route.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  public static final Key<KdlNode> UPSTREAMS =
      Key.repeated(
          "upstreams",
          UpstreamKeys.BLOCK,
          "Servers that routes forward to.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  public static final Key<KdlNode> AGENTS =
      Key.repeated(
          "agents",
          AgentKeys.BLOCK,
          "Processes that advise on requests.",
          "ConfigLoaderTest#decodesAFileThatNamesEveryKey");

  public static final Block ROOT =
      Block.of(
              "",
              INCLUDE,
              SYSTEM,
              ADMIN,
              LISTENERS,
              ROUTES,
              UPSTREAMS,
              AGENTS,
              AgentKeys.AT_TOP_LEVEL)
          .later("workers", "worker", "cache", "backend", "tls", "http2");

  private static final Map<String, String> HOMES = homes();

  private Keys() {}

  /** Every block, outer ones first, in the order of the reference. */
  public static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    addBlocks(ROOT, blocks);
    return blocks;
  }

  /** Every key, in the order of the reference. */
  public static List<Key<?>> all() {
    List<Key<?>> keys = new ArrayList<>();
    blocks().forEach(block -> keys.addAll(block.keys()));
    return keys;
  }

  private static void addBlocks(Block block, List<Block> blocks) {
    blocks.add(block);
    for (Key<?> key : block.keys()) {
      if (key.type() instanceof Block inner && !blocks.contains(inner)) {
        addBlocks(inner, blocks);
      }
    }
  }

  /** Where a key belongs that was written elsewhere, in words. */
  public static @Nullable String home(String name) {
    return HOMES.get(name);
  }

  private static Map<String, String> homes() {
    Map<String, String> homes = new HashMap<>();
    for (Block block : blocks()) {
      String home = block.path().isEmpty() ? "at the top level" : "in " + block.path();
      block.names().forEach(name -> homes.putIfAbsent(name, home));
    }
    return homes;
  }
}
