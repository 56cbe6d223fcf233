package dev.selvedge.edge.proxy.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Audit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AuditTrailTest {
  private static List<AuditTrail.Entry> read(AuditTrail trail) {
    return AuditTrail.read(trail.bytes, 0, trail.length);
  }

  private static List<Audit.Rule> rules(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Audit.Rule(Integer.toString(942_100 + 10 * i), 5))
        .toList();
  }

  @Test
  void hasRoomForMoreRulesThanTheCrsFires() {
    AuditTrail trail = new AuditTrail();
    trail.add(1, new Audit(200, rules(41), List.of("waf:log", "match:942100 ARGS:q=1 or 1")));
    assertThat(read(trail).getFirst().rules()).isEqualTo(rules(41));
    assertThat(read(trail).getFirst().leftOut()).isEqualTo(2);
  }

  @Test
  void tagsLeaveRoomForTheRulesOfWhoeverSpeaksLater() {
    AuditTrail trail = new AuditTrail();
    List<String> tags = IntStream.range(0, 50).mapToObj(i -> "match:" + i + " ARGS:q=x").toList();
    trail.add(1, new Audit(25, rules(5), tags));
    trail.add(2, new Audit(5, rules(10), List.of()));
    assertThat(read(trail)).hasSize(2);
    assertThat(read(trail).getLast().rules()).isEqualTo(rules(10));
    assertThat(read(trail).getFirst().leftOut())
        .isEqualTo(50 - read(trail).getFirst().tags().size());
  }

  @Test
  void whatFitsIsReadBackAsItWasSaid() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String[] ids = {
      "0", "007", "7", "4900010", "999999999999999999", "1000000000000000000", "", "a-1", "12x"
    };
    for (int run = 0; run < 2_000; run++) {
      AuditTrail trail = new AuditTrail();
      List<Audit.Rule> said = new ArrayList<>();
      for (int i = random.nextInt(12); i > 0; i--) {
        int score = random.nextBoolean() ? random.nextInt(70) - 10 : random.nextInt();
        said.add(new Audit.Rule(ids[random.nextInt(ids.length)], score));
      }
      int total = random.nextInt();
      trail.add(0xABCDE, new Audit(total, said, List.of("t")));
      AuditTrail.Entry entry = read(trail).getFirst();
      assertThat(entry.agent()).isEqualTo(0xABCDE);
      assertThat(entry.score()).as("seed %d", seed).isEqualTo(total);
      int missing = said.size() + 1 - entry.rules().size() - entry.tags().size();
      assertThat(entry.leftOut()).as("seed %d", seed).isEqualTo(missing);
      assertThat(said).as("seed %d", seed).containsAll(entry.rules());
      if (missing == 0) {
        assertThat(entry.rules()).as("seed %d", seed).isEqualTo(said);
        assertThat(entry.tags()).containsExactly("t");
      }
    }
  }

  /** However much each says: the room is used up, and what is in it can be read. */
  @Test
  void manyAgentsShareTheRoom() {
    for (int count = 0; count < 60; count++) {
      AuditTrail trail = new AuditTrail();
      for (int agent = 1; agent <= 30; agent++) {
        trail.add(agent, new Audit(5, rules(agent == 1 ? count : 1), List.of("a longer tag", "t")));
      }
      assertThat(trail.length).isBetween(AuditTrail.MAX - 9, AuditTrail.MAX);
      List<AuditTrail.Entry> entries = read(trail);
      for (int i = 0; i < entries.size(); i++) {
        AuditTrail.Entry entry = entries.get(i);
        int said = (i == 0 ? count : 1) + 2;
        assertThat(entry.agent()).isEqualTo(i + 1);
        assertThat(entry.rules().size() + entry.tags().size() + entry.leftOut()).isEqualTo(said);
      }
    }
  }
}
