package dev.selvedge.edge.waf.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every shipped rule has a table line that it must catch and one that it must pass, so no rule can
 * go without a test failing: each line asks for its own rule's id.
 */
class OwnRulesTest {
  private static final int RULES_MIN = 285;
  private static final long FAMILY_IDS = 10_000;
  private static final RuleSet STRICTEST = Shipped.rules(Policy.DEFAULT.withParanoia(4));
  private static final List<RuleCase> CASES = RuleCase.all();

  private static final Map<RuleCase, List<RuleMatch>> FOUND = new HashMap<>();

  /** What the whole set finds in a case, worked out once. */
  private static List<RuleMatch> found(RuleCase c) {
    return FOUND.computeIfAbsent(c, k -> Shipped.run(STRICTEST, k).matches());
  }

  private static boolean fires(RuleCase c) {
    return found(c).stream().anyMatch(m -> m.id() == c.rule());
  }

  @Test
  void everyRuleSaysWhatItIs() {
    List<RuleInfo> rules = RuleInfo.of(STRICTEST);
    assertThat(rules).hasSizeGreaterThanOrEqualTo(RULES_MIN);
    assertThat(rules).extracting(RuleInfo::id).doesNotHaveDuplicates();
    assertThat(rules)
        .allSatisfy(rule -> {
          assertThat(rule.message()).as("message of %s", rule.id()).hasSizeGreaterThan(10);
          assertThat(rule.severity()).as("severity of %s", rule.id()).isBetween(2, 5);
          assertThat(rule.paranoia()).as("level of %s", rule.id()).isBetween(1, 4);
          assertThat(rule.family()).as("family of %s", rule.id()).isNotEmpty();
          assertThat(rule.tags()).as("tags of %s", rule.id()).contains(OwnRules.TAG);
        });
    assertThat(rules).extracting(RuleInfo::message).doesNotHaveDuplicates();
    System.out.println("own rules: " + rules.size() + " by level " + byLevel(rules));
  }

  private static Map<Integer, Long> byLevel(List<RuleInfo> rules) {
    return rules.stream().collect(Collectors.groupingBy(RuleInfo::paranoia, Collectors.counting()));
  }

  @Test
  void aFileHoldsOneFamilyWithIdsOfItsOwn() {
    Map<String, Set<Object>> byFile = new LinkedHashMap<>();
    for (RuleInfo rule : RuleInfo.of(STRICTEST)) {
      Set<Object> kinds = byFile.computeIfAbsent(rule.file(), f -> new HashSet<>());
      kinds.add(rule.id() / FAMILY_IDS);
      kinds.add(rule.family());
    }
    assertThat(byFile).hasSize(OwnRules.FILES.size() - 1); // setup.conf judges nothing
    assertThat(byFile.values()).allSatisfy(kinds -> assertThat(kinds).hasSize(2));
    Set<Object> all = new HashSet<>();
    byFile.values().forEach(all::addAll);
    assertThat(all).hasSize(byFile.size() * 2);
  }

  @Test
  void everyRuleHasAnAttackAndANearMiss() {
    Set<Long> ids = RuleInfo.of(STRICTEST).stream().map(RuleInfo::id).collect(Collectors.toSet());
    assertThat(ruleIds(true)).isEqualTo(ids);
    assertThat(ruleIds(false)).isEqualTo(ids);
  }

  private static Set<Long> ruleIds(boolean attack) {
    return CASES.stream()
        .filter(c -> c.attack() == attack)
        .map(RuleCase::rule)
        .collect(Collectors.toSet());
  }

  @Test
  void everyAttackIsCaughtByItsRule() {
    assertThat(CASES.stream().filter(c -> c.attack() && !fires(c))).isEmpty();
  }

  @Test
  void everyNearMissIsPassedByItsRule() {
    assertThat(CASES.stream().filter(c -> !c.attack() && fires(c))).isEmpty();
  }

  @Test
  void noNearMissIsRefusedAtTheLowestLevel() {
    RuleSet lowest = Shipped.rules(Policy.DEFAULT);
    List<String> refused = new ArrayList<>();
    for (RuleCase c : CASES) {
      Transaction t = Shipped.run(lowest, c);
      Assessment assessment = Assessment.of(Policy.DEFAULT, t.matches());
      if (!c.attack() && assessment.outcome() == Outcome.BLOCK) {
        refused.add(c + " by " + assessment.hits());
      }
    }
    assertThat(refused).isEmpty();
  }

  @Test
  void noAttackIsAnothersWithAWordChanged() {
    List<RuleCase> attacks = CASES.stream().filter(RuleCase::attack).toList();
    List<List<String>> words = attacks.stream().map(c -> Words.of(c.value())).toList();
    List<String> alike = new ArrayList<>();
    for (int i = 0; i < attacks.size(); i++) {
      for (int k = i + 1; k < attacks.size(); k++) {
        boolean sameRule = attacks.get(i).rule() == attacks.get(k).rule();
        if (!sameRule && Words.distance(words.get(i), words.get(k)) < 2) {
          alike.add(attacks.get(i) + " and " + attacks.get(k));
        }
      }
    }
    assertThat(alike).isEmpty();
  }

  @Test
  void aLowerLevelFindsWhatItsRulesFindAtTheHighest() {
    for (int level = 1; level <= 3; level++) {
      RuleSet rules = Shipped.rules(Policy.DEFAULT.withParanoia(level));
      for (RuleCase c : CASES) {
        assertThat(ids(Shipped.run(rules, c).matches(), 4))
            .as("%s at %s", c, level)
            .isEqualTo(ids(found(c), level));
      }
    }
  }

  private static List<Long> ids(List<RuleMatch> matches, int level) {
    return matches.stream()
        .filter(m -> RuleInfo.paranoia(m.tags()) <= level)
        .map(RuleMatch::id)
        .toList();
  }

  @Test
  void bodiesOfNoKnownTypeAreReadAsForms() {
    String attack = "{\"a\": \"1' union all select pin from cards-- \"}";
    for (String type :
        List.of("text/plain", "application/x-unheard-of", "multipart/mixed; boundary=b", "")) {
      byte[] body = (type + "|" + attack).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      Transaction t = CaseRequest.of("body", body).run(STRICTEST.newTransaction());
      assertThat(t.matches()).as(type).extracting(RuleMatch::id).contains(5_120_020L);
    }
  }

  @Test
  void bodiesWithoutATypeAreReadAsForms() {
    String attack = "note=1%27+union+all+select+pin+from+cards--+";
    String head =
        "POST /comments HTTP/1.1\r\nHost: shop.example\r\nContent-Length: " + attack.length();
    byte[] request = (head + "\r\n\r\n" + attack).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Transaction t = CaseRequest.of("raw", request).run(STRICTEST.newTransaction());
    assertThat(t.matches()).extracting(RuleMatch::id).contains(5_120_020L);
  }

  @Test
  void textsAndAttributesOfXmlAreRead() {
    String sql = "1&#x27; union all select pin from cards-- ";
    for (String xml : List.of("<a><b>shoes</b><c>" + sql + "</c></a>", "<a b='" + sql + "'/>")) {
      for (String type : List.of("text/xml", "application/soap+xml; charset=utf-8")) {
        byte[] body = (type + "|" + xml).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Transaction t = CaseRequest.of("body", body).run(STRICTEST.newTransaction());
        assertThat(t.matches()).as(xml).extracting(RuleMatch::id).contains(5_120_020L);
      }
    }
  }
}
