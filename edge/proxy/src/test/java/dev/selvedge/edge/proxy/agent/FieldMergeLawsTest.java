package dev.selvedge.edge.proxy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.Mutation;
import dev.selvedge.edge.protocol.Mutation.Op;
import dev.selvedge.edge.protocol.Mutation.Target;
import dev.selvedge.kernel.HttpHead;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Whatever the agents say and in whichever order: one result, in the order of the route. */
class FieldMergeLawsTest {

  private static final int ROUNDS = Integer.getInteger("selvedge.rounds", 5_000);
  private static final int ARRIVALS = 6;
  private static final String[] NAMES = {"x-a", "x-b", "x-c"};

  /** What became of a head: its fields, who overrode, and whether it was refused. */
  private record Result(boolean refused, List<String> fields, Set<Integer> overrode) {}

  private static Decision decision(int agent, SplittableRandom random) {
    List<Mutation> mutations = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      Op op = Op.values()[random.nextInt(3)];
      Target target = random.nextInt(4) == 0 ? Target.RESPONSE : Target.REQUEST;
      String value = op == Op.REMOVE ? "" : agent + "." + i;
      mutations.add(new Mutation(op, target, NAMES[random.nextInt(NAMES.length)], value));
    }
    return Decision.ALLOW.with(mutations.toArray(Mutation[]::new));
  }

  private static HttpHead head() {
    HttpHead head = new HttpHead();
    head.addField("x-a", "client");
    head.addField("host", "t");
    head.addField("x-a", "again");
    return head;
  }

  private static List<String> fields(HttpHead head) {
    List<String> fields = new ArrayList<>();
    for (int i = 0; i < head.fieldCount(); i++) {
      fields.add(head.name(i) + "=" + head.value(i));
    }
    return fields;
  }

  /** As a list of lines, changed one by one in the order of the route. */
  private static Result plain(Decision[] said, Vote[] votes) {
    if (Arrays.stream(votes).anyMatch(vote -> vote != Vote.ALLOW)) {
      return new Result(true, fields(head()), Set.of());
    }
    List<String> lines = fields(head());
    Set<Integer> overrode = new TreeSet<>();
    Set<String> set = new TreeSet<>();
    for (int i = 0; i < said.length; i++) {
      Set<String> mine = new TreeSet<>();
      for (Mutation mutation : said[i].mutations()) {
        if (mutation.target() == Target.REQUEST) {
          if (mutation.op() != Op.ADD) {
            lines.removeIf(line -> line.startsWith(mutation.name() + "="));
          }
          if (mutation.op() != Op.REMOVE) {
            lines.add(mutation.name() + "=" + mutation.value());
          }
          if (mutation.op() == Op.SET) {
            mine.add(mutation.name());
          }
        }
      }
      if (mine.stream().anyMatch(set::contains)) {
        overrode.add(i);
      }
      set.addAll(mine);
    }
    return new Result(false, lines, overrode);
  }

  /** As the proxy does it, with the agents answering in some order. */
  private static Result merged(Decision[] said, Vote[] votes, SplittableRandom random) {
    Ballot ballot = new Ballot();
    ballot.begin(new long[said.length], -1L);
    List<Integer> order = new ArrayList<>();
    for (long left = ballot.takeReady(); left != 0; left &= left - 1) {
      order.add(random.nextInt(order.size() + 1), Long.numberOfTrailingZeros(left));
    }
    Decision[] arrived = new Decision[said.length];
    Arrays.fill(arrived, Decision.ALLOW);
    for (int agent : order) {
      if (!ballot.settled()) {
        arrived[agent] = said[agent];
        ballot.vote(agent, votes[agent]);
      }
    }
    HttpHead head = head();
    Set<Integer> overrode = new TreeSet<>();
    boolean refused = ballot.winner() != Ballot.NOBODY;
    if (!refused) {
      FieldMerge.all(arrived, Target.REQUEST, head, overrode::add);
    }
    return new Result(refused, fields(head), overrode);
  }

  @Test
  void everyOrderOfArrivalGivesWhatTheOrderOfTheRouteSays() {
    long seed = Long.getLong("selvedge.seed", 20_261_123L);
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      SplittableRandom random = seeds.split();
      Decision[] said = new Decision[random.nextInt(1, 6)];
      Vote[] votes = new Vote[said.length];
      boolean allAllow = random.nextInt(3) > 0;
      for (int i = 0; i < said.length; i++) {
        said[i] = decision(i, random);
        votes[i] = allAllow ? Vote.ALLOW : Vote.values()[random.nextInt(5)];
      }
      Result expected = plain(said, votes);
      for (int arrival = 0; arrival < ARRIVALS; arrival++) {
        assertThat(merged(said, votes, random))
            .as("seed %d, round %d", seed, round)
            .isEqualTo(expected);
      }
    }
  }
}
