package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.filter.FilterScan;
import dev.selvedge.edge.waf.injection.SqlDetector;
import dev.selvedge.edge.waf.injection.XssDetector;
import dev.selvedge.edge.waf.plan.RulePlan;
import dev.selvedge.edge.waf.rx.Rx;
import dev.selvedge.edge.waf.rx.RxMatcher;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What a phase works with and leaves to the next transaction: automata that have learnt, matchers
 * with grown stacks.
 *
 * <p>Not thread-safe: one phase at a time has it.
 */
final class Workbench {
  /** As many as phases ever ran at once; each holds its automata, some MiB. Thread-safe. */
  static final class Pool {
    private final ConcurrentLinkedQueue<Workbench> free = new ConcurrentLinkedQueue<>();
    private final RulePlan plan;

    Pool(RulePlan plan) {
      this.plan = plan;
    }

    Workbench take() {
      Workbench bench = free.poll();
      return bench == null ? new Workbench(plan) : bench;
    }

    void giveBack(Workbench bench) {
      bench.forget();
      free.add(bench);
    }
  }

  private final RulePlan plan;
  private final SqlDetector sqlDetector = new SqlDetector();
  private final XssDetector xssDetector = new XssDetector();
  private @Nullable RxMatcher matcher;
  private @Nullable FilterScan requestScan;
  private @Nullable FilterScan responseScan;
  private long[] steps = {};
  private @Nullable ValueMarks requestMarks;
  private @Nullable ValueMarks responseMarks;

  private Workbench(RulePlan plan) {
    this.plan = plan;
  }

  RxMatcher matcher(Rx rx) {
    RxMatcher known = matcher;
    if (known == null) {
      known = rx.matcher();
      matcher = known;
    }
    return known.use(rx);
  }

  SqlDetector sqlDetector() {
    return sqlDetector;
  }

  XssDetector xssDetector() {
    return xssDetector;
  }

  FilterScan requestScan() {
    FilterScan scan = requestScan;
    if (scan == null) {
      scan = plan.requestFilter().newScan();
      requestScan = scan;
    }
    return scan;
  }

  FilterScan responseScan() {
    FilterScan scan = responseScan;
    if (scan == null) {
      scan = plan.responseFilter().newScan();
      responseScan = scan;
    }
    return scan;
  }

  /** Marks of which nothing is known yet. */
  ValueMarks takeRequestMarks() {
    ValueMarks left = requestMarks;
    requestMarks = null;
    return left != null ? left : new ValueMarks(plan.requestFilter(), plan.requestClasses());
  }

  /** The same for the values of an answer. */
  ValueMarks takeResponseMarks() {
    ValueMarks left = responseMarks;
    responseMarks = null;
    return left != null ? left : new ValueMarks(plan.responseFilter(), plan.responseClasses());
  }

  /** Takes the marks of a transaction that is over. */
  void giveBack(@Nullable ValueMarks ofRequest, @Nullable ValueMarks ofResponse) {
    if (ofRequest != null) {
      ofRequest.forget();
      requestMarks = ofRequest;
    }
    if (ofResponse != null) {
      ofResponse.forget();
      responseMarks = ofResponse;
    }
  }

  /** Room for a bit set of so many words, with whatever was left in it. */
  long[] steps(int words) {
    if (steps.length < words) {
      steps = new long[words];
    }
    return steps;
  }

  private void forget() {
    if (requestScan != null) {
      requestScan.forget();
    }
    if (responseScan != null) {
      responseScan.forget();
    }
  }
}
