package dev.selvedge.edge.agents.waf;

import static dev.selvedge.edge.config.value.Measure.size;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.config.value.Types;
import dev.selvedge.kernel.ByteSize;
import java.util.List;

/** The keys of waf's block. */
public final class WafKeys {

  private static final int RULE_MAX = 2_000_000_000;

  static final Key<List<Ref>> RULES =
      Key.repeated(
          "waf.rules",
          new Types.Texts<>("`own`, or path of a rule file, `*` in its last part", Ref::read),
          "The rules, in order: the shipped set (alone where nothing is written), or files in the"
              + " ModSecurity rule language; read again when a file changes.",
          "WafRulesTest#readsFilesAgainWhenTheyChange");

  static final Key<Integer> PARANOIA =
      Key.withDefault(
          "waf.paranoia",
          new Types.Whole(1, 4),
          "1",
          "How strict the shipped set and the CRS are; a higher level finds more and errs more.",
          "WafSettingsTest#paranoiaChoosesTheRules");

  static final Key<Integer> LOG_SCORE =
      Key.withDefault(
          "waf.log-score",
          new Types.Whole(1, 100_000),
          "10",
          "The score of the shipped set from which a request is reported.",
          "WafSettingsTest#thresholdsDecideWhatIsLoggedAndBlocked");

  static final Key<Integer> BLOCK_SCORE =
      Key.withDefault(
          "waf.block-score",
          new Types.Whole(1, 100_000),
          "25",
          "The score of the shipped set from which a request is refused; other rules refuse by"
              + " their own actions.",
          "WafSettingsTest#thresholdsDecideWhatIsLoggedAndBlocked");

  static final Key<Boolean> DETECTION_ONLY =
      Key.withDefault(
          "waf.detection-only",
          new Types.Switch(),
          "#false",
          "Whether rules only report and nothing is refused.",
          "WafSettingsTest#detectionOnlyRefusesNothing");

  static final Key<Integer> STATUS =
      Key.withDefault(
          "waf.status",
          new Types.Whole(400, 499),
          "403",
          "The status of a refusal by score.",
          "WafSettingsTest#refusesWithTheStatusThatIsSet");

  static final Key<Integer> EXCLUDED_RULE =
      Key.repeated(
          "waf.exclude.rule",
          new Types.Whole(1, RULE_MAX),
          "Only the rule of this id; several add up, also with `tag`.",
          "WafExclusionsTest#leavesOutARule");

  static final Key<List<Ref>> EXCLUDED_TAG =
      Key.repeated(
          "waf.exclude.tag",
          new Types.Texts<>("tag", Ref::read),
          "Only rules with this tag; several add up, also with `rule`.",
          "WafExclusionsTest#leavesOutATag");

  static final Key<Ref> EXCLUDED_PATH =
      Key.optional(
          "waf.exclude.path",
          new Types.Text<>("path in its normal form", Ref::read),
          "Only for requests to this path or below it.",
          "WafExclusionsTest#leavesOutBelowAPath");

  static final Key<List<Ref>> EXCLUDED_PARAMETER =
      Key.repeated(
          "waf.exclude.parameter",
          new Types.Texts<>("name, in JSON `json.a.b`", Ref::read),
          "Only for this parameter of the query, form or JSON document.",
          "WafExclusionsTest#leavesOutAParameter");

  static final Block EXCLUSION =
      Block.of("waf.exclude", EXCLUDED_RULE, EXCLUDED_TAG, EXCLUDED_PATH, EXCLUDED_PARAMETER);

  static final Key<KdlNode> EXCLUDE =
      Key.repeated(
          "waf.exclude",
          EXCLUSION,
          "What is left out: all that `rule`, `tag`, `path` and `parameter` say must hold.",
          "WafExclusionsTest#leavesOutOnlyWhatAllWordsSay");

  static final Key<ByteSize> INSPECT_LIMIT =
      Key.withDefault(
          "waf.inspect-limit",
          size("1KiB", "64MiB"),
          "\"1MiB\"",
          "Bytes of one body that rules see, after `content-encoding` was undone.",
          "WafBodiesTest#bodyOverLimitBlocksOrPasses");

  static final Key<ByteSize> VALUE_LIMIT =
      Key.withDefault(
          "waf.value-limit",
          size("1KiB", "8MiB"),
          "\"64KiB\"",
          "Bytes of one parameter that rules see; a longer one counts as a body over its limit.",
          "WafBodiesTest#valueOverLimitBlocksOrPasses");

  static final Key<Boolean> BODY_OVER_LIMIT =
      Key.withDefault(
          "waf.body-over-limit",
          Types.Choice.of("block", true).or("pass", false),
          "\"block\"",
          "What becomes of a body over a limit: 413, or what is over it passes unseen.",
          "WafBodiesTest#bodyOverLimitBlocksOrPasses");

  static final Key<Integer> INFLATE_RATIO =
      Key.withDefault(
          "waf.inflate-ratio",
          new Types.Whole(2, 1_100),
          "100",
          "How many times its size a compressed body over 64 KiB may grow; more is over the limit.",
          "WafBodiesTest#anInflationBombEndsAtItsBounds");

  static final Key<List<Ref>> ALLOW_CODING =
      Key.repeated(
          "waf.allow-coding",
          new Types.Texts<>("content coding", Ref::read),
          "Codings of requests that pass unread; those beside gzip and deflate are refused with"
              + " 415.",
          "WafBodiesTest#otherCodingsAreRefusedUnlessAllowed");

  static final Key<ByteSize> MEMORY =
      Key.optional(
          "waf.max-buffered",
          size("1MiB", "16GiB"),
          "Bytes of requests and answers under inspection, in all, bodies counted four times; half"
              + " the heap where nothing is written. Over it the failure mode decides.",
          "WafBodiesTest#givesUpOverItsMemory");

  public static final Block BLOCK =
      Block.of(
          "waf",
          RULES,
          PARANOIA,
          LOG_SCORE,
          BLOCK_SCORE,
          DETECTION_ONLY,
          STATUS,
          EXCLUDE,
          INSPECT_LIMIT,
          VALUE_LIMIT,
          BODY_OVER_LIMIT,
          INFLATE_RATIO,
          ALLOW_CODING,
          MEMORY);

  private WafKeys() {}
}
