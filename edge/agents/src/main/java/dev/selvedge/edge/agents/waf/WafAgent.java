package dev.selvedge.edge.agents.waf;

import dev.selvedge.edge.agents.setting.Decoded;
import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.ConfigNode;
import dev.selvedge.edge.protocol.ConfigProblem;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.Flags;
import dev.selvedge.edge.protocol.agent.AgentCall;
import dev.selvedge.edge.protocol.agent.AgentInfo;
import dev.selvedge.edge.protocol.agent.InlineAgent;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Judges requests and answers by rules: what they refuse is refused, what they match is told, all
 * else passes.
 *
 * <p>The rules in force are one volatile field: new ones are loaded whole beside them, and an
 * exchange ends under those it began with. Files are looked at once a second; what does not load
 * changes nothing, and the log says why. Memory for bodies is bounded in all. Thread-safe.
 */
public final class WafAgent implements InlineAgent {

  private static final Logger LOG = System.getLogger("selvedge.agent.waf");
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
  private static final int WAITING_MAX = 1_000;
  private static final long IDLE_SECONDS = 60;

  private final BodyMemory memory = new BodyMemory(Runtime.getRuntime().maxMemory());
  private final ThreadPoolExecutor workers;
  private volatile @Nullable LoadedRules inForce;
  private @Nullable Thread watch;

  public WafAgent() {
    int threads = Runtime.getRuntime().availableProcessors();
    workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().daemon().name("waf-", 0).factory());
    workers.allowCoreThreadTimeOut(true);
  }

  @Override
  public AgentInfo info() {
    return AgentInfo.of(
        "waf",
        EventType.REQUEST_HEADERS,
        EventType.REQUEST_BODY,
        EventType.RESPONSE_HEADERS,
        EventType.RESPONSE_BODY);
  }

  @Override
  public List<ConfigProblem> configure(String file, List<ConfigNode> nodes) {
    Decoded<Optional<LoadedRules>> decoded =
        Decoded.read(WafKeys.BLOCK, file, nodes, LoadedRules::decode);
    if (decoded instanceof Decoded.Ok<Optional<LoadedRules>>(Optional<LoadedRules> rules)) {
      use(rules.orElseThrow());
    }
    return decoded.problems();
  }

  private void use(LoadedRules rules) {
    if (watch != null) {
      watch.interrupt();
    }
    memory.max(rules.settings().bufferedMax());
    inForce = rules;
    watch = null;
    RuleWatch files = new RuleWatch(rules);
    if (!files.idle()) {
      watch = Thread.ofVirtual().name("waf-files").start(() -> watch(files));
    }
  }

  private void watch(RuleWatch files) {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(LOOK_EVERY.toMillis());
        look(files);
      }
    } catch (InterruptedException replaced) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(RuleWatch files) {
    RuleWatch.Reading reading = files.look();
    if (reading == null || Thread.currentThread().isInterrupted()) {
      return;
    }
    LoadedRules rules = reading.rules();
    if (rules != null) {
      WarmUp.run(rules);
      inForce = rules;
      LOG.log(Level.INFO, "rules read again, in force: " + rules.rules().program().size());
    }
    for (String problem : reading.problems()) {
      LOG.log(Level.ERROR, "rules stay as they were: " + problem);
    }
  }

  @Override
  public void warmUp() {
    WarmUp.run(rules());
  }

  private LoadedRules rules() {
    return Objects.requireNonNull(inForce);
  }

  @Override
  public void event(AgentCall call, AgentEvent event, int flags) {
    switch (event) {
      case AgentEvent.RequestHeaders request -> {
        Inspection inspection = new Inspection(rules(), call, memory, workers);
        call.attach(inspection);
        inspection.request(request, flags);
      }
      case AgentEvent.RequestBody chunk ->
          inspection(call).requestChunk(chunk.data(), Flags.has(flags, Flags.END));
      case AgentEvent.ResponseHeaders response -> inspection(call).response(response.head(), flags);
      case AgentEvent.ResponseBody chunk ->
          inspection(call).responseChunk(chunk.data(), Flags.has(flags, Flags.END));
      case AgentEvent.RequestComplete _ -> {}
    }
  }

  private static Inspection inspection(AgentCall call) {
    return (Inspection) Objects.requireNonNull(call.attachment());
  }

  @Override
  public void ended(AgentCall call) {
    if (call.attachment() instanceof Inspection inspection) {
      inspection.end();
    }
  }

  /** Bytes under inspection now. */
  long buffered() {
    return memory.used();
  }
}
