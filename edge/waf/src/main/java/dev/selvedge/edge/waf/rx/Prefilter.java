package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Node.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  private static final int WORD_PREFIX = 16;

  /** One automaton and the rules that it stands for. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Family(LazyDfa dfa, long[] rules) {}

  private final int bound;
  private final long[] always;
  private final Proof[][] proofs;
  private final int[] needsOfBranch;
  private final LazyDfa combined;
  private final List<Family> families;

  private Prefilter(Builder builder, LazyDfa combined, List<Family> families) {
    bound = builder.bound;
    always = bits(builder.always, bound);
    proofs =
        builder.proofs.stream().map(list -> list.toArray(Proof[]::new)).toArray(Proof[][]::new);
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

  /** Whether anything is known that a text must have for this rule. */
  public boolean knows(int id) {
    return ((always[id >> 6] >>> id) & 1) == 0;
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
    return proofs.length;
  }

  int branches() {
    return needsOfBranch.length;
  }

  /** What an event is good for. */
  Proof[] proofs(int event) {
    return proofs[event];
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

  /**
   * That an event is a part of what a rule needs.
   *
   * @param branch which needs others too, or -1 if the event alone makes a candidate
   */
  record Proof(int rule, int branch) {}

  /** Takes rules by small numbers, which need not be dense. Not thread-safe. */
  public static final class Builder {

    /** What makes up one family. */
    private static final class Part {
      final NfaBuilder nfa = new NfaBuilder();
      final List<Integer> rules = new ArrayList<>();
      private final Set<Integer> events = new HashSet<>();

      void addSegment(Node segment, int event) {
        if (events.add(event)) {
          nfa.addSegment(segment, event);
        }
      }
    }

    private final NfaBuilder all = new NfaBuilder();
    private final List<Part> parts = new ArrayList<>();
    private final Part words = new Part();
    private final List<Integer> always = new ArrayList<>();
    private final List<List<Proof>> proofs = new ArrayList<>();
    private final Map<Node, Integer> eventOfSegment = new HashMap<>();
    private final List<Integer> needs = new ArrayList<>();
    private final List<byte[]> warmUp = new ArrayList<>();
    private int bound;

    /** A rule that is a candidate where the regex may match. */
    public Builder add(int id, Rx rx) {
      grow(id);
      List<List<Node>> branches = Conditions.of(rx.node()).stream().map(Builder::telling).toList();
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
          int event = event(segment);
          part.addSegment(segment, event);
          proofs.get(event).add(new Proof(id, branch));
        }
      }
      return this;
    }

    /** The segments that not every text has. */
    private static List<Node> telling(List<Node> segments) {
      return segments.stream()
          .filter(segment -> !(segment instanceof Node.Assertion(Place place) && everywhere(place)))
          .toList();
    }

    /** Whether every text has such a place, at its start or at its end. */
    private static boolean everywhere(Place place) {
      return place != Place.WORD_BOUNDARY && place != Place.NOT_WORD_BOUNDARY;
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
        all.addWord(word, WORD_PREFIX, proofs.size());
        words.nfa.addWord(word, WORD_PREFIX, proofs.size());
      }
      proofs.add(List.of(new Proof(id, -1)));
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

    /** One more than the highest number so far. */
    public int rules() {
      return bound;
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

    /** Rules that need the same segment share its event. */
    private int event(Node segment) {
      return eventOfSegment.computeIfAbsent(
          segment,
          added -> {
            all.addSegment(added, proofs.size());
            proofs.add(new ArrayList<>());
            return proofs.size() - 1;
          });
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
