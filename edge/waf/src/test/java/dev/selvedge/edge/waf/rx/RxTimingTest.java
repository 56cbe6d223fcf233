package dev.selvedge.edge.waf.rx;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Prints CPU time; asserts nothing about it. */
class RxTimingTest {

  private static final int STRIDE = Boolean.getBoolean("selvedge.soak") ? 10 : 120;

  private final List<Suites.RuleRegex> regexes = Suites.crsRegexes();
  private final List<byte[]> attacks = everyNth(Suites.crsStrings());

  private static List<byte[]> everyNth(List<byte[]> all) {
    List<byte[]> some = new ArrayList<>();
    for (int i = 0; i < all.size(); i += STRIDE) {
      some.add(all.get(i));
    }
    return some;
  }

  /** The reason for an own machine; java.util.regex gets the source text, wrong as that is. */
  @Test
  void machineBesideJavaUtilRegex() throws Exception {
    List<RxMatcher> ours = new ArrayList<>();
    List<Matcher> theirs = new ArrayList<>();
    for (Suites.RuleRegex regex : regexes) {
      ours.add(Rx.compile(regex.pattern()).matcher());
      theirs.add(Pattern.compile(regex.pattern(), Pattern.DOTALL | Pattern.MULTILINE).matcher(""));
    }
    List<String> texts =
        attacks.stream().map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)).toList();
    long best = Long.MAX_VALUE;
    long bestOfJava = Long.MAX_VALUE;
    long matches = 0;
    for (int round = 0; round < 4; round++) {
      long start = cpuNanos();
      for (RxMatcher matcher : ours) {
        for (byte[] text : attacks) {
          matches += matcher.find(text, 0, text.length, 0);
        }
      }
      best = Math.min(best, cpuNanos() - start);
      start = cpuNanos();
      for (Matcher matcher : theirs) {
        for (String text : texts) {
          matches += found(matcher.reset(text)) ? 1 : 0;
        }
      }
      bestOfJava = Math.min(bestOfJava, cpuNanos() - start);
    }
    assertThat(matches).isPositive();
    double finds = (double) regexes.size() * attacks.size();
    System.out.printf(
        "rx: CRS regexes one by one on its test strings: %.0f ns a find, java.util.regex %.0f%n",
        best / finds, bestOfJava / finds);
  }

  private static boolean found(Matcher matcher) {
    try {
      return matcher.find();
    } catch (StackOverflowError deep) {
      return false;
    }
  }

  @Test
  void prefilterOverAllOfCrs() throws Exception {
    List<byte[]> clean = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      clean.add(latin("/api/v1/items/" + i + "?page=2&sort=desc"));
      clean.add(
          latin("Mozilla/5.0 (X11; Linux x86_64; rv:1" + i + ".0) Gecko/20100101 Firefox/1" + i));
      clean.add(latin("The quick brown fox number " + i + " jumps over the lazy dog."));
    }
    Prefilter.Builder builder = new Prefilter.Builder().warmUp(attacks).warmUp(clean);
    for (Suites.RuleRegex regex : regexes) {
      builder.add(builder.rules(), Rx.compile(regex.pattern()));
    }
    for (List<byte[]> words : Suites.crsWordLists()) {
      builder.addWords(builder.rules(), words, true);
    }
    long start = cpuNanos();
    Prefilter prefilter = builder.build();
    long built = cpuNanos() - start;
    print(prefilter, "attack", attacks);
    print(prefilter, "clean", clean);
    System.out.printf(
        "rx: prefilter of %d rules built and warmed in %d ms, %d states%n",
        builder.rules(), built / 1_000_000, prefilter.scanner().states());
  }

  private static void print(Prefilter prefilter, String name, List<byte[]> texts) {
    Scanner scanner = prefilter.scanner();
    CandidateSet candidates = prefilter.candidates();
    long bytes = texts.stream().mapToLong(text -> text.length).sum();
    long best = Long.MAX_VALUE;
    long offered = 0;
    for (int round = 0; round < 60; round++) {
      offered = 0;
      long start = cpuNanos();
      for (byte[] text : texts) {
        candidates.clear();
        scanner.scan(text, 0, text.length, candidates);
        offered += candidates.size();
      }
      best = Math.min(best, cpuNanos() - start);
    }
    System.out.printf(
        "rx: prefilter, %s: %.1f ns a byte, %d bytes and %.1f candidates a text%n",
        name, best / (double) bytes, bytes / texts.size(), offered / (double) texts.size());
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
