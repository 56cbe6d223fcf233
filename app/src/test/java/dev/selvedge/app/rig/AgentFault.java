package dev.selvedge.app.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What can become of an agent's process, and how a test brings it about. */
public enum AgentFault {
  ABSENT_AT_START("own"),
  GARBAGE("own"),
  KILLED("one"),
  STOPPED("one"),
  SLOW("one"),
  HEAP_FULL("two"),
  WEDGED("two"),
  SOCKET_REMOVED("two");

  /** From one blow to the next: less often than a crash loop, which is held back on purpose. */
  private static final long BLOW_EVERY_SECONDS = 20;

  private final String agent;

  /**
   * One time it is brought about, by {@link System#nanoTime}.
   *
   * @param over from when the agent could recover: what needs supervision to end counts from the
   *     blow, a leak from the end of its process
   */
  public record Bout(long begun, long over) {}

  AgentFault(String agent) {
    this.agent = agent;
  }

  /** Which agent has it. */
  public String agent() {
    return agent;
  }

  /** Has the fault for so long. */
  public List<Bout> during(FaultyProcess proxy, int seconds) throws Exception {
    long begun = System.nanoTime();
    long end = begun + TimeUnit.SECONDS.toNanos(seconds);
    List<Bout> bouts = new ArrayList<>();
    switch (this) {
      case ABSENT_AT_START -> {
        passUntil(end);
        proxy.own().appear();
        bouts.add(new Bout(begun, System.nanoTime()));
      }
      case GARBAGE -> {
        proxy.own().garbage(true);
        passUntil(end);
        proxy.own().garbage(false);
        bouts.add(new Bout(begun, System.nanoTime()));
      }
      case SLOW -> {
        proxy.tell(agent, "/slow");
        passUntil(end);
        proxy.tell(agent, "/well");
        bouts.add(new Bout(begun, System.nanoTime()));
      }
      case KILLED, STOPPED, HEAP_FULL, WEDGED, SOCKET_REMOVED -> {
        for (long next = begun; next < end; ) {
          long blow = System.nanoTime();
          blow(proxy);
          bouts.add(new Bout(blow, System.nanoTime()));
          next += TimeUnit.SECONDS.toNanos(BLOW_EVERY_SECONDS);
          passUntil(Math.min(next, end));
        }
      }
    }
    return bouts;
  }

  private void blow(FaultyProcess proxy) throws Exception {
    ProcessHandle child = proxy.child(agent);
    switch (this) {
      case KILLED -> signal("KILL", child);
      case STOPPED -> signal("STOP", child);
      case WEDGED -> proxy.strike(agent, "/wedge");
      case SOCKET_REMOVED -> Files.delete(FaultyProcess.socket(child));
      case HEAP_FULL -> {
        proxy.tell(agent, "/drip");
        child.onExit().get(1, TimeUnit.MINUTES);
      }
      case SLOW, GARBAGE, ABSENT_AT_START -> throw new IllegalStateException();
    }
  }

  private static void passUntil(long nanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
  }

  private static void signal(String name, ProcessHandle process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }
}
