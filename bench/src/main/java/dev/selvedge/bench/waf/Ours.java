package dev.selvedge.bench.waf;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.selvedge.edge.waf.RuleSet;
import dev.selvedge.edge.waf.engine.RuleMatch;
import dev.selvedge.edge.waf.engine.Transaction;
import dev.selvedge.edge.waf.engine.Verdict;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** This engine, in this process. Not thread-safe. */
final class Ours {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final RuleSet rules;
  private final List<WafRequest> requests;
  private final OperatingSystemMXBean process =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);

  Ours(RuleSet rules, List<WafRequest> requests) {
    this.rules = rules;
    this.requests = requests;
  }

  /** The same lines as {@link ModSecurity#fired}. */
  List<String> fired(int from, int to) {
    List<String> lines = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Transaction t = rules.newTransaction();
      requests.get(i).inspect(t);
      StringBuilder line = new StringBuilder("ids");
      for (RuleMatch match : t.matches()) {
        if (match.audit()) { // libmodsecurity keeps others out of its log
          line.append(' ').append(match.id());
        }
      }
      lines.add(line.append(" status ").append(status(t.verdict())).toString());
    }
    return lines;
  }

  private static int status(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Allow _ -> 0;
      case Verdict.Deny deny -> deny.status();
      case Verdict.Redirect redirect -> redirect.status();
    };
  }

  /** Runs requests in turn for a while. */
  Window run(int from, int to, int millis) {
    long allocated = threads.getCurrentThreadAllocatedBytes();
    long cpu = process.getProcessCpuTime();
    long end = System.nanoTime() + millis * NANOS_PER_MILLI;
    long done = 0;
    long refused = 0;
    for (int i = from; System.nanoTime() < end; i = i + 1 < to ? i + 1 : from) {
      Transaction t = rules.newTransaction();
      requests.get(i).inspect(t);
      refused += t.verdict() instanceof Verdict.Allow ? 0 : 1;
      done++;
    }
    long nanos = process.getProcessCpuTime() - cpu;
    return new Window(done, nanos, refused, threads.getCurrentThreadAllocatedBytes() - allocated);
  }
}
