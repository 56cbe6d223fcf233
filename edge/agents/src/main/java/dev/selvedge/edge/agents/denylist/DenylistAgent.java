package dev.selvedge.edge.agents.denylist;

import dev.selvedge.edge.agents.setting.Decoded;
import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.Answer;
import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.Verdict;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import dev.selvedge.kernel.HttpHead;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what its rules name and says which rule it was; allows all else. Files are looked at once
 * a second; a file with a mistake leaves the rules in force as they are, and the log says why.
 * Thread-safe.
 */
public final class DenylistAgent implements InlineAgent {

  private static final Logger LOG = System.getLogger("selvedge.agent.denylist");
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final int WARM_UP_MATCHES = 2_000;

  private record InForce(DenyRules rules, int status) {}

  private volatile InForce inForce =
      new InForce(new DenyRules(List.of(), List.of(), List.of()), 403);
  private @Nullable Thread watch;

  @Override
  public AgentInfo info() {
    return AgentInfo.of("denylist", EventType.REQUEST_HEADERS);
  }

  @Override
  public List<ConfigProblem> configure(String file, List<ConfigNode> nodes) {
    Decoded<DenylistSettings> decoded =
        Decoded.read(DenylistKeys.BLOCK, file, nodes, DenylistSettings::decode);
    if (decoded instanceof Decoded.Ok<DenylistSettings>(DenylistSettings settings)) {
      use(settings);
    }
    return decoded.problems();
  }

  private synchronized void use(DenylistSettings settings) {
    if (watch != null) {
      watch.interrupt();
    }
    inForce = new InForce(settings.rules(), settings.status());
    watch = null;
    if (!settings.files().isEmpty()) {
      watch = Thread.ofVirtual().name("denylist-files").start(() -> watch(settings));
    }
  }

  private void watch(DenylistSettings settings) {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        ListFiles.Reading reading = settings.files().look();
        if (reading != null) {
          replace(reading, settings.status());
        }
      }
    } catch (InterruptedException replaced) {
      Thread.currentThread().interrupt();
    }
  }

  /** Not for lists that were read for a configuration which another has followed meanwhile. */
  private synchronized void replace(ListFiles.Reading reading, int status) {
    if (!Thread.currentThread().equals(watch)) {
      return;
    }
    if (reading.sound()) {
      inForce = new InForce(reading.rules(), status);
      LOG.log(Level.INFO, "lists read again, rules in force: " + reading.rules().size());
      return;
    }
    for (ListFiles.Wrong wrong : reading.problems()) {
      LOG.log(Level.ERROR, "lists stay as they were: " + wrong.message());
    }
    if (reading.excess() != null) {
      LOG.log(Level.ERROR, "lists stay as they were: " + reading.excess());
    }
  }

  @Override
  public void warmUp() {
    HttpHead head = new HttpHead();
    head.addField("user-agent", "selvedge/warm-up");
    byte[] address = {127, 0, 0, 1};
    for (int i = 0; i < WARM_UP_MATCHES; i++) {
      decision(address, "/warm/up", head);
    }
  }

  @Override
  public void event(AgentCall call, AgentEvent event, int flags) {
    if (event instanceof AgentEvent.RequestHeaders request && !Flags.has(flags, Flags.NO_REPLY)) {
      call.decideLast(decision(request.context().clientAddress(), request.path(), request.head()));
    }
  }

  private Decision decision(byte[] address, String path, HttpHead head) {
    InForce now = inForce;
    String rule = now.rules.match(address, path, head);
    return rule == null ? Decision.ALLOW : refusal(now.status, rule);
  }

  private static Decision refusal(int status, String rule) {
    Audit why = new Audit(0, List.of(new Audit.Rule(rule, 0)), List.of("denylist"));
    return Decision.of(new Verdict.Block(Answer.of(status))).with(why);
  }
}
