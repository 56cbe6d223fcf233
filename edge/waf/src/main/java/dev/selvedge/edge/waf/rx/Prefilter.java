package dev.selvedge.edge.waf.rx;

import java.util.ArrayList;
import java.util.List;

/**
 * Tells of many rules at once which of them a text may match: every rule that matches is a
 * candidate. Immutable, thread-safe; scanning goes through a {@link Scanner} per thread.
 *
 * <p>The {@link Conditions} of all rules are one {@link Nfa}, whose lazy {@link LazyDfa} reads a
 * text once. A text that would build more of it than its budget allows is read by smaller automata,
 * one per family of rules, instead; a family that exceeds the budget too offers all its rules. So
 * time and memory are bounded whatever the texts, at the price of more candidates.
 */
public final class Prefilter {

  /** States of the non-deterministic automaton of one family, about. */
  private static final int FAMILY_STATES = 4_000;

  /** Longer words are looked for by their first bytes. */
  private static final int WORD_PREFIX = 12;

  /** One automaton and the rules that it stands for. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Family(LazyDfa dfa, long[] rules) {}

  private final int bound;
  private final long[] always;
  private final int[] ruleOfEvent;
  private final int[] branchOfEvent;
  private final int[] needsOfBranch;
  private final LazyDfa combined;
  private final List<Family> families;

  private Prefilter(Builder builder, LazyDfa combined, List<Family> families) {
    bound = builder.bound;
    always = bits(builder.always, bound);
    ruleOfEvent = builder.events.stream().mapToInt(Event::rule).toArray();
    branchOfEvent = builder.events.stream().mapToInt(Event::branch).toArray();
    needsOfBranch = builder.needs.stream().mapToInt(Integer::intValue).toArray();
    this.combined = combined;
    this.families = families;
  }

  private static long[] bits(List<Integer> ids, int bound) {
    long[] words = new long[(bound + 63) >> 6];
    for (int id : ids) {
      words[id >> 6] |= 1L << id;
    }
    return words;
  }

  public Scanner scanner() {
    return new Scanner(this);
  }

  /** A set that holds every rule number of this prefilter. */
  public CandidateSet candidates() {
    return new CandidateSet(bound);
  }

  /** How many rules are candidates of every text, because nothing is known that they need. */
  public int alwaysCount() {
    int count = 0;
    for (long word : always) {
      count += Long.bitCount(word);
    }
    return count;
  }

  long[] always() {
    return always;
  }

  int events() {
    return ruleOfEvent.length;
  }

  int branches() {
    return needsOfBranch.length;
  }

  int rule(int event) {
    return ruleOfEvent[event];
  }

  /** The branch that needs an event and others, or -1 if the event alone makes a candidate. */
  int branch(int event) {
    return branchOfEvent[event];
  }

  int needs(int branch) {
    return needsOfBranch[branch];
  }

  LazyDfa combined() {
    return combined;
  }

  List<Family> families() {
    return families;
  }

  private record Event(int rule, int branch) {}

  /** Takes rules by small numbers, which need not be dense. Not thread-safe. */
  public static final class Builder {

    /** What makes up one family. */
    private static final class Part {
      final NfaBuilder nfa = new NfaBuilder();
      final List<Integer> rules = new ArrayList<>();
    }

    private final NfaBuilder all = new NfaBuilder();
    private final List<Part> parts = new ArrayList<>();
    private final Part words = new Part();
    private final List<Integer> always = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Integer> needs = new ArrayList<>();
    private final List<byte[]> warmUp = new ArrayList<>();
    private int bound;

    /** A rule that is a candidate where the regex may match. */
    public Builder add(int id, Rx rx) {
      grow(id);
      List<List<Node>> branches = Conditions.of(rx.node());
      if (branches.stream().anyMatch(List::isEmpty)) {
        always.add(id);
        return this;
      }
      Part part = part(id);
      for (List<Node> segments : branches) {
        int branch = segments.size() == 1 ? -1 : needs.size();
        if (branch >= 0) {
          needs.add(segments.size());
        }
        for (Node segment : segments) {
          all.addSegment(segment, events.size());
          part.nfa.addSegment(segment, events.size());
          events.add(new Event(id, branch));
        }
      }
      return this;
    }

    /**
     * A rule that is a candidate where one of the words may stand, as {@code @pm} finds them.
     *
     * @param caseless widens nothing: case is never regarded here
     */
    public Builder addWords(int id, List<byte[]> found, boolean caseless) {
      grow(id);
      if (found.stream().anyMatch(word -> word.length == 0)) {
        always.add(id);
        return this;
      }
      words.rules.add(id);
      for (byte[] word : found) {
        all.addWord(word, WORD_PREFIX, events.size());
        words.nfa.addWord(word, WORD_PREFIX, events.size());
      }
      events.add(new Event(id, -1));
      return this;
    }

    /** A rule that is a candidate of every text. */
    public Builder addAlways(int id) {
      grow(id);
      always.add(id);
      return this;
    }

    /** Texts to build the automata with before the first real one comes. */
    public Builder warmUp(List<byte[]> texts) {
      warmUp.addAll(texts);
      return this;
    }

    public Prefilter build() {
      List<Family> families = new ArrayList<>();
      if (!words.rules.isEmpty()) {
        parts.add(words);
      }
      for (Part part : parts) {
        families.add(new Family(new LazyDfa(part.nfa.build()), bits(part.rules, bound)));
      }
      Prefilter cold = new Prefilter(this, new LazyDfa(all.build()), families);
      return warmUp.isEmpty() ? cold : warmed(cold);
    }

    private Prefilter warmed(Prefilter cold) {
      Scanner scanner = cold.scanner();
      for (byte[] text : warmUp) {
        scanner.learn(text);
      }
      return new Prefilter(this, scanner.combined(), scanner.learnedFamilies());
    }

    private void grow(int id) {
      bound = Math.max(bound, id + 1);
    }

    private Part part(int id) {
      if (parts.isEmpty() || parts.getLast().nfa.size() > FAMILY_STATES) {
        parts.add(new Part());
      }
      Part part = parts.getLast();
      part.rules.add(id);
      return part;
    }
  }
}
