package dev.selvedge.edge.protocol;

import java.util.Random;

/** Runs a law for many seeds and names the one that broke it; {@code -Dseed=N} runs that alone. */
public final class Seeded {

  /** A law for one seed. */
  public interface Law {
    void hold(Random random) throws Exception;
  }

  private Seeded() {}

  public static void forSeeds(int count, Law law) {
    Long only = Long.getLong("seed");
    long first = only != null ? only : System.nanoTime();
    for (long seed = first; seed < first + (only != null ? 1 : count); seed++) {
      try {
        law.hold(new Random(seed));
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
