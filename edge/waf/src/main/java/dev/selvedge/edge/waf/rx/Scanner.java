package dev.selvedge.edge.waf.rx;

import dev.selvedge.edge.waf.rx.Prefilter.Family;
import dev.selvedge.edge.waf.rx.Prefilter.Proof;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads texts for one {@link Prefilter}, in time linear in their length plus a bounded number of
 * automaton moves built, and without allocation where nothing is built. Not thread-safe.
 */
public final class Scanner {

  /** Moves that one text may have built, in the combined automaton and again in the families. */
  static final int BUILDS_PER_TEXT = 512;

  /** Longer texts may have one more for so many bytes. */
  static final int BYTES_PER_EXTRA_BUILD = 16;

  /**
   * Moves that may be built in all while the automata learn what texts are like: at some 4 µs a
   * move 0.6 s. After that texts must have brought {@link #BYTES_PER_BUILD} for each.
   */
  static final int LEARNING_BUILDS = 150_000;

  static final int BYTES_PER_BUILD = 8;

  /** A full automaton is replaced by the one from the start after so many texts at the earliest. */
  private static final int TEXTS_PER_RESET = 4_096;

  /** What may still be built. */
  private static final class Credit {
    private static final long BURST = (long) BUILDS_PER_TEXT * BYTES_PER_BUILD;
    private int learning = LEARNING_BUILDS;
    private long bytes = BURST;
    private int granted;

    int grant(int len) {
      bytes = Math.min(bytes, BURST) + len;
      long most = (long) BUILDS_PER_TEXT + len / BYTES_PER_EXTRA_BUILD;
      granted = (int) Math.min(most, learning + bytes / BYTES_PER_BUILD);
      return granted;
    }

    /** Takes back what is left of the grant; returns what was used. */
    int settle(int left) {
      int used = granted - left;
      int learned = Math.min(learning, used);
      learning -= learned;
      bytes -= (long) (used - learned) * BYTES_PER_BUILD;
      return used;
    }
  }

  private final Prefilter plan;
  private LazyDfa combined;
  private final @Nullable LazyDfa[] families;

  /** Stamps instead of clearing: an event or a branch was met in the text of this number. */
  private final int[] metEvent;

  private final int[] metBranch;
  private final int[] missing;
  private int text;
  private int builds;
  private final Credit whole = new Credit();
  private final Credit parts = new Credit();
  private int lastReset;
  private long builtInAll;
  private long textsByFamilies;

  Scanner(Prefilter plan) {
    this.plan = plan;
    combined = new LazyDfa(plan.combined());
    families = new @Nullable LazyDfa[plan.families().size()];
    metEvent = new int[plan.events()];
    metBranch = new int[plan.branches()];
    missing = new int[plan.branches()];
  }

  /** Adds to {@code out} every rule that may match the text: all that do, and a few that do not. */
  public void scan(byte[] v, int off, int len, CandidateSet out) {
    nextText();
    out.addAll(plan.always());
    builds = whole.grant(len);
    boolean read = read(combined, v, off, len, out);
    builtInAll += whole.settle(builds);
    if (!read) {
      readByFamilies(v, off, len, out);
    }
  }

  /** A number that no stamp bears. */
  private void nextText() {
    if (text == Integer.MAX_VALUE) {
      text = 0;
      lastReset = 0;
      Arrays.fill(metEvent, 0);
      Arrays.fill(metBranch, 0);
      combined.forgetTexts();
      for (LazyDfa dfa : families) {
        if (dfa != null) {
          dfa.forgetTexts();
        }
      }
    }
    text++;
  }

  private void readByFamilies(byte[] v, int off, int len, CandidateSet out) {
    textsByFamilies++;
    builds = parts.grant(len);
    boolean full = combined.states() == LazyDfa.STATES_MAX;
    for (int i = 0; i < families.length; i++) {
      Family family = plan.families().get(i);
      LazyDfa dfa = family(i);
      if (!read(dfa, v, off, len, out)) {
        out.addAll(family.rules());
        full |= dfa.states() == LazyDfa.STATES_MAX;
      }
    }
    builtInAll += parts.settle(builds);
    if (full && text - lastReset > TEXTS_PER_RESET) {
      lastReset = text;
      combined = new LazyDfa(plan.combined());
      Arrays.fill(families, null);
    }
  }

  private LazyDfa family(int index) {
    LazyDfa dfa = families[index];
    if (dfa == null) {
      dfa = new LazyDfa(plan.families().get(index).dfa());
      families[index] = dfa;
    }
    return dfa;
  }

  /** Moves built so far. */
  public long built() {
    return builtInAll;
  }

  /** Texts so far that went beyond the combined automaton's budget. */
  public long textsByFamilies() {
    return textsByFamilies;
  }

  /** States of all automata. */
  public int states() {
    int sum = combined.states();
    for (LazyDfa dfa : families) {
      sum += dfa == null ? 0 : dfa.states();
    }
    return sum;
  }

  /** Reads a text with all automata and no budget, to fill them. */
  void learn(byte[] v) {
    CandidateSet ignored = plan.candidates();
    nextText();
    builds = Integer.MAX_VALUE;
    read(combined, v, 0, v.length, ignored);
    for (int i = 0; i < families.length; i++) {
      read(family(i), v, 0, v.length, ignored);
    }
  }

  LazyDfa combined() {
    return combined;
  }

  List<Family> learnedFamilies() {
    List<Family> learned = new ArrayList<>();
    for (int i = 0; i < families.length; i++) {
      Family family = plan.families().get(i);
      LazyDfa dfa = families[i];
      learned.add(dfa == null ? family : new Family(dfa, family.rules()));
    }
    return learned;
  }

  /** False if the budget ended before the text. */
  private boolean read(LazyDfa dfa, byte[] v, int off, int len, CandidateSet out) {
    char[] moves = dfa.moves;
    int[] entered = dfa.entered;
    byte[] classes = dfa.classes();
    int shift = dfa.shift;
    int number = text;
    int end = off + len;
    int state = 0;
    for (int i = off; i < end; i++) {
      int byteClass = classes[v[i] & 0xFF] & 0xFF;
      int next = moves[(state << shift) | byteClass];
      if (next >= LazyDfa.EVENT_BIT) {
        int entering = next & ~LazyDfa.EVENT_BIT;
        if (next != LazyDfa.UNKNOWN && entered[entering] == number) {
          next = entering; // its events are known of this text
        } else {
          next = special(dfa, state, byteClass, next, out);
          if (next < 0) {
            return false;
          }
          moves = dfa.moves;
          entered = dfa.entered;
        }
      }
      state = next;
    }
    int last = moves[(state << shift) | dfa.endClass()];
    return last < LazyDfa.EVENT_BIT || special(dfa, state, dfa.endClass(), last, out) >= 0;
  }

  /** Builds an unknown move and takes the events of the state it leads to. */
  private int special(LazyDfa dfa, int state, int byteClass, int known, CandidateSet out) {
    int next = known;
    if (next == LazyDfa.UNKNOWN) {
      next = builds > 0 ? dfa.step(state, byteClass) : LazyDfa.REFUSED;
      if (next == LazyDfa.REFUSED) {
        return next;
      }
      builds--;
    }
    if ((next & LazyDfa.EVENT_BIT) != 0) {
      next &= ~LazyDfa.EVENT_BIT;
      if (dfa.enter(next, text)) {
        events(dfa.events(next), out);
      }
    }
    return next;
  }

  private void events(int[] events, CandidateSet out) {
    for (int event : events) {
      if (metEvent[event] != text) {
        metEvent[event] = text;
        for (Proof proof : plan.proofs(event)) {
          met(proof, out);
        }
      }
    }
  }

  private void met(Proof proof, CandidateSet out) {
    int branch = proof.branch();
    if (branch >= 0) {
      if (metBranch[branch] != text) {
        metBranch[branch] = text;
        missing[branch] = plan.needs(branch);
      }
      if (--missing[branch] > 0) {
        return;
      }
    }
    out.add(proof.rule());
  }
}
