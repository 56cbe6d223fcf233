package dev.selvedge.edge.waf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.engine.Connection;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.own.Assessment;
import dev.selvedge.edge.waf.own.Policy;
import dev.selvedge.edge.waf.own.Shipped;
import dev.selvedge.edge.waf.variable.Fields;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * What the shipped rules find in attacks that others wrote, and what they let pass of values that
 * others wrote, at each level and threshold.
 *
 * <p>Attacks are the stages of the CRS's tests for its families 930 to 944 that expect some rule to
 * fire. Clean values are {@link CleanValues}, each sent as a field of a form; rules were tuned on
 * one half, the other is held out by hash. The build takes every tenth of both from a fixed start,
 * soak takes all. One pass at level 4 gives all levels, since a rule's level only decides whether
 * it runs ({@code OwnRulesTest#aLowerLevelFindsWhatItsRulesFindAtTheHighest}).
 */
class DetectionConformanceTest {
  private static final boolean SOAK = Boolean.getBoolean("selvedge.soak");
  private static final int STRIDE = SOAK ? 1 : 10;
  private static final int START = SOAK ? 0 : 7;
  private static final int LEVELS = 4;
  private static final int VALUES_MIN = 20_000;
  private static final double BLOCKED_AT_2_MIN = 0.70;
  private static final double LOGGED_AT_4_MIN = 0.85;
  private static final double PASSED_AT_2_MIN = 0.995;

  /** What may be missing from a share because only a tenth was drawn: three standard errors. */
  private static final double SAMPLE_ERROR = SOAK ? 0 : 0.0035;

  /** Counts of one set, by level. */
  private static final class Tally {
    private final int[] logged = new int[LEVELS + 1];
    private final int[] blocked = new int[LEVELS + 1];
    private int total;

    void add(List<RuleMatch> matches) {
      total++;
      for (int level = 1; level <= LEVELS; level++) {
        int max = level;
        List<RuleMatch> known = matches.stream().filter(m -> level(m) <= max).toList();
        int score = Assessment.of(Policy.DEFAULT, known).score();
        logged[level] += score >= Policy.LOG_AT ? 1 : 0;
        blocked[level] += score >= Policy.BLOCK_AT ? 1 : 0;
      }
    }

    private static int level(RuleMatch match) {
      return match.tags().stream()
          .filter(t -> t.startsWith("paranoia/"))
          .mapToInt(t -> t.charAt(t.length() - 1) - '0')
          .findFirst()
          .orElse(0);
    }

    double logged(int level) {
      return (double) logged[level] / total;
    }

    double blocked(int level) {
      return (double) blocked[level] / total;
    }
  }

  private final RuleSet rules = Shipped.rules(Policy.DEFAULT.withParanoia(LEVELS));

  @Test
  void detectsAttacksAndPassesWhatPeopleWrite() throws IOException {
    Tally attacks = attacks();
    CleanValues clean = CleanValues.read();
    Assumptions.assumeTrue(
        clean.values().size() >= VALUES_MIN,
        "only " + clean.values().size() + " clean values: the local Maven repository is too small");
    Tally tuned = new Tally();
    Tally heldOut = new Tally();
    for (int i = START; i < clean.values().size(); i += STRIDE) {
      String value = clean.values().get(i);
      (CleanValues.heldOut(value) ? heldOut : tuned).add(form(value));
    }
    print(attacks, tuned, heldOut);
    assertThat(attacks.blocked(2)).isGreaterThanOrEqualTo(BLOCKED_AT_2_MIN);
    assertThat(attacks.logged(LEVELS)).isGreaterThanOrEqualTo(LOGGED_AT_4_MIN);
    assertThat(1 - tuned.blocked(2)).isGreaterThanOrEqualTo(PASSED_AT_2_MIN - SAMPLE_ERROR);
    assertThat(1 - heldOut.blocked(2)).isGreaterThanOrEqualTo(PASSED_AT_2_MIN - SAMPLE_ERROR);
  }

  private static void print(Tally attacks, Tally tuned, Tally heldOut) {
    System.out.printf(
        "own rules: %d attack stages, %d + %d clean values (tuned on + held out)%n",
        attacks.total, tuned.total, heldOut.total);
    System.out.println("level  detected log/block   passed log: tuned, held out   block: same");
    for (int level = 1; level <= LEVELS; level++) {
      System.out.printf(
          "%5d  %6.2f %% %6.2f %%       %6.2f %% %6.2f %%          %6.2f %% %6.2f %%%n",
          level,
          100 * attacks.logged(level),
          100 * attacks.blocked(level),
          100 * (1 - tuned.logged(level)),
          100 * (1 - heldOut.logged(level)),
          100 * (1 - tuned.blocked(level)),
          100 * (1 - heldOut.blocked(level)));
    }
  }

  private Tally attacks() throws IOException {
    List<CrsStage> stages = CrsAttacks.stages(TestFiles.suite("crs"));
    Tally tally = new Tally();
    for (int i = START; i < stages.size(); i += STRIDE) {
      Transaction t = rules.newTransaction();
      stages.get(i).run(t);
      tally.add(t.matches());
    }
    return tally;
  }

  /** A browser's request that carries the value as a field of a form. */
  private List<RuleMatch> form(String value) {
    byte[] body = Bytes.of("comment=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
    Fields headers = new Fields();
    headers.add(Bytes.of("Host"), Bytes.of("shop.example"));
    headers.add(Bytes.of("User-Agent"), Bytes.of("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"));
    headers.add(Bytes.of("Accept"), Bytes.of("text/html"));
    headers.add(Bytes.of("Content-Type"), Bytes.of("application/x-www-form-urlencoded"));
    headers.add(Bytes.of("Content-Length"), Bytes.of(body.length));
    Transaction t = rules.newTransaction();
    t.connection(new Connection("198.51.100.7", 40000, "192.0.2.1", 443));
    t.requestHead(Bytes.of("POST"), Bytes.of("/comments"), Bytes.of("HTTP/1.1"), headers);
    t.requestBody(body);
    t.requestBodyEnd();
    return t.matches();
  }
}
