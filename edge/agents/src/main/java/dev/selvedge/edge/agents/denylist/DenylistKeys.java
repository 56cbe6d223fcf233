package dev.selvedge.edge.agents.denylist;

import com.google.re2j.Pattern;
import dev.selvedge.edge.config.Cidr;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Addresses;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.config.value.Texts;
import dev.selvedge.edge.config.value.Types;
import java.util.List;

/** The keys of denylist's block. */
public final class DenylistKeys {

  private static final String PATTERN = "RE2 pattern, found anywhere unless anchored";
  private static final String FILE = "path of a file";

  static final Key<List<Cidr>> ADDRESS =
      Key.repeated(
          "denylist.address",
          new Types.Texts<>("address or address block", Addresses::cidr),
          "Clients that are refused.",
          "DenylistAgentTest#refusesByAddress");

  static final Key<List<Pattern>> PATH =
      Key.repeated(
          "denylist.path",
          new Types.Texts<>(PATTERN, Texts::pattern),
          "Normalised paths, without query, that are refused.",
          "DenylistAgentTest#refusesByPath");

  static final Key<List<Pattern>> USER_AGENT =
      Key.repeated(
          "denylist.user-agent",
          new Types.Texts<>(PATTERN, Texts::pattern),
          "Values of `user-agent` that are refused; a request without one has an empty value.",
          "DenylistAgentTest#refusesByUserAgent");

  static final Key<Ref> ADDRESS_FILE =
      Key.repeated(
          "denylist.address-file",
          new Types.Text<>(FILE, Ref::read),
          "More `address` entries, one a line; read again when the file changes.",
          "ListFilesTest#readsAFileAgainWhenItChanged");

  static final Key<Ref> PATH_FILE =
      Key.repeated(
          "denylist.path-file",
          new Types.Text<>(FILE, Ref::read),
          "More `path` entries, one a line; read again when the file changes.",
          "ListFilesTest#readsEachKindOfFile");

  static final Key<Ref> USER_AGENT_FILE =
      Key.repeated(
          "denylist.user-agent-file",
          new Types.Text<>(FILE, Ref::read),
          "More `user-agent` entries, one a line; read again when the file changes.",
          "ListFilesTest#readsEachKindOfFile");

  static final Key<Integer> STATUS =
      Key.withDefault(
          "denylist.status",
          new Types.Whole(400, 499),
          "403",
          "The status of a refusal.",
          "DenylistAgentTest#refusesWithTheStatusThatIsSet");

  public static final Block BLOCK =
      Block.of(
          "denylist", ADDRESS, PATH, USER_AGENT, ADDRESS_FILE, PATH_FILE, USER_AGENT_FILE, STATUS);

  private DenylistKeys() {}
}
