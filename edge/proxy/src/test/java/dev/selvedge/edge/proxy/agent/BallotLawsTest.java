package dev.selvedge.edge.proxy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The laws of the merge, over generated orders, decisions and arrivals. */
class BallotLawsTest {

  private static final int ROUNDS = Integer.getInteger("selvedge.rounds", 20_000);
  private static final int ARRIVALS = 8;

  /** A route's agents and what each will say if it is asked. */
  private record Case(long[] after, Vote[] votes, long voters) {

    static Case random(SplittableRandom random) {
      int count = random.nextInt(1, 8);
      long[] after = new long[count];
      Vote[] votes = new Vote[count];
      long voters = 0;
      for (int i = 0; i < count; i++) {
        for (int before = 0; before < i; before++) {
          after[i] |= random.nextInt(4) == 0 ? 1L << before : 0;
        }
        Vote[] all = Vote.values();
        votes[i] = random.nextBoolean() ? Vote.ALLOW : all[random.nextInt(all.length)];
        voters |= random.nextInt(8) == 0 ? 0 : 1L << i;
      }
      return new Case(after, votes, voters);
    }
  }

  /** What came of one order of arrival. */
  private record Result(int winner, long told) {}

  /** The plain meaning of EDGE 5, without arrivals: who is asked at all, and who wins. */
  private static Result plain(Case one) {
    int count = one.votes.length;
    long allowed = 0;
    long told = 0;
    for (int i = 0; i < count; i++) {
      long bit = 1L << i;
      boolean votes = (one.voters & bit) != 0;
      if (!votes) {
        allowed |= bit;
      } else if ((one.after[i] & ~allowed) == 0) {
        told |= bit;
        allowed |= one.votes[i] == Vote.ALLOW ? bit : 0;
      }
    }
    int winner = Ballot.NOBODY;
    for (int i = 0; i < count; i++) {
      boolean refuses = (told & 1L << i) != 0 && one.votes[i] != Vote.ALLOW;
      if (refuses && (winner < 0 || one.votes[i].compareTo(one.votes[winner]) > 0)) {
        winner = i;
      }
    }
    return new Result(winner, told);
  }

  /** Runs one order of arrival, and checks what must hold on the way. */
  private static Result run(Case one, SplittableRandom random) {
    Ballot ballot = new Ballot();
    ballot.begin(one.after, one.voters);
    long told = 0;
    long cancelled = 0;
    long open = ballot.takeReady();
    while (!ballot.settled()) {
      assertThat(open).as("somebody is awaited").isNotZero();
      int agent = oneOf(open, random);
      told |= 1L << agent;
      ballot.vote(agent, one.votes[agent]);
      long gone = ballot.takeCancelled();
      open &= ~(1L << agent);
      assertThat(gone & ~open).as("only asked ones are cancelled").isZero();
      open &= ~gone;
      cancelled |= gone;
      long ready = ballot.takeReady();
      assertThat(ready & (open | told)).as("each is asked once").isZero();
      open |= ready;
    }
    if (cancelled != 0) {
      assertThat(ballot.winner()).isNotNegative();
      assertThat(ballot.vote(ballot.winner())).isEqualTo(Vote.BLOCK);
      assertThat(Long.numberOfTrailingZeros(cancelled)).isGreaterThan(ballot.winner());
    }
    return new Result(ballot.winner(), told);
  }

  private static int oneOf(long agents, SplittableRandom random) {
    long left = agents;
    for (int skip = random.nextInt(Long.bitCount(agents)); skip > 0; skip--) {
      left &= left - 1;
    }
    return Long.numberOfTrailingZeros(left);
  }

  @Test
  void theResultIsTheSameForEveryOrderOfArrival() {
    long seed = Long.getLong("selvedge.seed", 20_261_123L);
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      SplittableRandom random = seeds.split();
      Case one = Case.random(random);
      Result expected = plain(one);
      for (int arrival = 0; arrival < ARRIVALS; arrival++) {
        Result seen = run(one, random);
        String as = "seed " + seed + ", round " + round;
        assertThat(seen.winner()).as(as).isEqualTo(expected.winner());
        // Whoever is asked but for a block is asked in every order.
        assertThat(seen.told() & ~expected.told()).as(as).isZero();
        if (expected.winner() < 0 || one.votes[expected.winner()] != Vote.BLOCK) {
          assertThat(seen.told()).as(as).isEqualTo(expected.told());
        }
      }
    }
  }

  @Test
  void theStrictestWins() {
    Vote[] all = Vote.values();
    for (Vote first : all) {
      for (Vote second : all) {
        Case one = new Case(new long[2], new Vote[] {first, second}, 3);
        int winner = run(one, new SplittableRandom(1)).winner();
        if (first == Vote.ALLOW && second == Vote.ALLOW) {
          assertThat(winner).isEqualTo(Ballot.NOBODY);
        } else {
          assertThat(winner).isEqualTo(second.compareTo(first) > 0 ? 1 : 0);
        }
      }
    }
  }

  @Test
  void anAgentAfterOneThatRefusedIsNotAsked() {
    Ballot ballot = new Ballot();
    ballot.begin(new long[] {0, 1, 2, 0}, 15);
    assertThat(ballot.takeReady()).isEqualTo(0b1001);
    ballot.vote(0, Vote.CHALLENGE);
    assertThat(ballot.takeReady()).isZero();
    assertThat(ballot.takeCancelled()).isZero();
    assertThat(ballot.settled()).isFalse();
    ballot.vote(3, Vote.ALLOW);
    assertThat(ballot.settled()).isTrue();
    assertThat(ballot.winner()).isZero();
  }

  @Test
  void predecessorsIncludeTheirOwn() {
    Ballot ballot = new Ballot();
    ballot.begin(new long[] {0, 1, 0, 0b0110}, 15);
    assertThat(ballot.predecessors(3)).isEqualTo(0b0111);
    assertThat(ballot.predecessors(0)).isZero();
  }

  @Test
  void sixtyFourAgentsFit() {
    Ballot ballot = new Ballot();
    ballot.begin(new long[Ballot.AGENTS_MAX], -1L);
    assertThat(ballot.takeReady()).isEqualTo(-1L);
    ballot.vote(0, Vote.BLOCK);
    assertThat(ballot.takeCancelled()).isEqualTo(-2L);
    assertThat(ballot.settled()).isTrue();
  }
}
