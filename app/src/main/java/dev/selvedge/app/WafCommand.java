package dev.selvedge.app;

import dev.selvedge.edge.agents.setting.Decoded;
import dev.selvedge.edge.agents.waf.LoadedRules;
import dev.selvedge.edge.agents.waf.WafKeys;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigNode.Kind;
import dev.selvedge.edge.protocol.ConfigNode.Value;
import dev.selvedge.edge.protocol.ConfigProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code selvedge waf …}: what the firewall's rules say, without a proxy. */
@Command(
    name = "waf",
    description = "Asks the rules of the web application firewall, without a proxy.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {WafInspectCommand.class, WafRulesCommand.class})
final class WafCommand implements Runnable {

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  /** Which rules a command asks. */
  static final class Choice {

    @Option(
        names = "--rules",
        paramLabel = "PATH",
        description =
            "rule files in order, * in the last part; \"own\": the shipped ones (default)")
    private List<String> rules = new ArrayList<>();

    @Option(
        names = "--paranoia",
        paramLabel = "1-4",
        description = "the level of the shipped rules and of the CRS")
    private int paranoia = 1;

    /** The rules; problems are printed where there are none. */
    Optional<LoadedRules> load() {
      List<ConfigNode> nodes = new ArrayList<>();
      if (!rules.isEmpty()) {
        nodes.add(node("rules", Kind.STRING, rules));
      }
      nodes.add(node("paranoia", Kind.NUMBER, List.of(Integer.toString(paranoia))));
      Decoded<Optional<LoadedRules>> decoded =
          Decoded.read(WafKeys.BLOCK, "", nodes, LoadedRules::decode);
      return switch (decoded) {
        case Decoded.Ok<Optional<LoadedRules>> ok -> ok.settings();
        case Decoded.Refused<Optional<LoadedRules>> refused -> {
          refused.problems().stream().map(ConfigProblem::message).forEach(System.err::println);
          yield Optional.empty();
        }
      };
    }

    private static ConfigNode node(String name, Kind kind, List<String> texts) {
      List<Value> values = texts.stream().map(text -> new Value(kind, text, 0, 0)).toList();
      return new ConfigNode(name, 0, 0, values, List.of(), List.of());
    }
  }
}
