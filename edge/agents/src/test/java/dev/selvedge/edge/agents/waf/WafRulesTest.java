package dev.selvedge.edge.agents.waf;

import static dev.selvedge.edge.agents.waf.Requests.ask;
import static dev.selvedge.edge.agents.waf.Requests.request;
import static dev.selvedge.edge.agents.waf.Requests.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.agents.Agents;
import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.kdl.Source;
import dev.selvedge.edge.config.schema.Report;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.agent.InProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WafRulesTest {

  private static final int ASKERS = 3;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  @TempDir private Path folder;

  private void write(String name, String text) throws Exception {
    Path next = Files.writeString(folder.resolve(name + ".next"), text);
    Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String deny(int id, int status) {
    return "SecRule ARGS \"@contains evil\" \"id:" + id + ",phase:2,deny,status:" + status + "\"\n";
  }

  private LoadedRules load(String... names) {
    Place place = new Place(new Source("main.kdl", folder), 1, 1);
    List<Ref> rules = new ArrayList<>();
    for (String name : names) {
      rules.add(new Ref(name, place));
    }
    WafSettings settings =
        new WafSettings(
            rules,
            1,
            10,
            25,
            false,
            403,
            List.of(),
            new WafSettings.BodyLimits(1 << 20, 64 << 10, true, 100, Set.of()),
            1 << 20);
    Report report = new Report(any -> null);
    return Objects.requireNonNull(LoadedRules.load(settings, report), () -> "" + report.sorted());
  }

  private static int size(RuleWatch.Reading reading) {
    return Objects.requireNonNull(reading.rules()).rules().program().size();
  }

  @Test
  void readsFilesAgainWhenTheyChange() throws Exception {
    write("a.conf", deny(11, 406) + "SecRule ARGS \"@pmFromFile words.data\" \"id:12,phase:2\"\n");
    write("words.data", "one\n");
    LoadedRules rules = load("*.conf");
    int before = rules.rules().program().size();
    RuleWatch watch = new RuleWatch(rules);
    assertThat(watch.idle()).isFalse();
    assertThat(watch.look()).isNull();
    write("b.conf", deny(13, 406));
    assertThat(watch.look()).as("it may still be growing").isNull();
    assertThat(size(Objects.requireNonNull(watch.look()))).isEqualTo(before + 1);
    assertThat(watch.look()).isNull();
    write("words.data", "two\n");
    assertThat(watch.look()).isNull();
    assertThat(watch.look()).as("data files count").isNotNull();
    Files.delete(folder.resolve("b.conf"));
    assertThat(watch.look()).isNull();
    assertThat(size(Objects.requireNonNull(watch.look()))).isEqualTo(before);
  }

  @Test
  void aBadFileIsToldOnceAndReadAgainWhenItIsMended() throws Exception {
    write("a.conf", deny(11, 406));
    RuleWatch watch = new RuleWatch(load("a.conf"));
    write("a.conf", deny(11, 406) + "SecRule ARGS \"@rx (\" \"id:12,phase:2\"\n");
    assertThat(watch.look()).isNull();
    RuleWatch.Reading bad = Objects.requireNonNull(watch.look());
    assertThat(bad.rules()).isNull();
    assertThat(bad.problems()).singleElement().asString().startsWith("a.conf:2: ");
    assertThat(watch.look()).isNull();
    assertThat(watch.look()).isNull();
    write("a.conf", deny(11, 407));
    assertThat(watch.look()).isNull();
    assertThat(Objects.requireNonNull(watch.look()).rules()).isNotNull();
  }

  @Test
  void shippedRulesAloneNeedNoWatch() {
    assertThat(new RuleWatch(load(WafSettings.OWN)).idle()).isTrue();
  }

  @Test
  void rulesChangeWithoutAGapUnderLoad() throws Exception {
    write("a.conf", deny(11, 406));
    WafAgent agent = new WafAgent();
    String file = folder.resolve("main.kdl").toString();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger latest = new AtomicInteger();
    ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    Set<Integer> seen = java.util.Collections.synchronizedSet(new TreeSet<>());
    List<Thread> askers = new ArrayList<>();
    for (int i = 0; i < ASKERS; i++) {
      InProcess asked = Agents.started(agent, file, "rules \"a.conf\"");
      askers.add(Thread.ofPlatform().start(() -> askOn(asked, over, latest, seen, wrong)));
    }
    try {
      await(latest, 406);
      write("a.conf", deny(11, 407));
      await(latest, 407);
      write("a.conf", "SecNothing\n");
      write("b.conf", "");
      write("a.conf", deny(11, 408));
      await(latest, 408);
    } finally {
      over.set(true);
      for (Thread asker : askers) {
        asker.join();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).containsExactly(406, 407, 408);
    assertThat(agent.buffered()).isZero();
  }

  private static void askOn(
      InProcess agent,
      AtomicBoolean over,
      AtomicInteger latest,
      Set<Integer> seen,
      ConcurrentLinkedQueue<String> wrong) {
    try {
      while (!over.get()) {
        Decision decision = ask(agent, request("GET", "/", "a=evil"));
        int status = status(decision);
        seen.add(status);
        latest.set(status);
        if (Requests.rules(decision).size() != 1) {
          wrong.add(decision.toString());
        }
      }
    } catch (Exception e) {
      wrong.add(e.toString());
    }
  }

  private static void await(AtomicInteger latest, int status) {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (latest.get() != status) {
      assertThat(System.nanoTime()).as("waiting for %d", status).isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
