package dev.selvedge.app.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;

/** What can become of an agent's process, and how a test brings it about. */
public enum AgentFault {
  KILLED,
  STOPPED,
  SLOW,
  GARBAGE,
  HEAP_FULL,
  WEDGED,
  SOCKET_REMOVED,
  ABSENT_AT_START;

  /** From one blow to the next: less often than a crash loop, which is held back on purpose. */
  private static final long BLOW_EVERY_SECONDS = 20;

  /** Whether the test is the agent, because a child of the proxy cannot have the fault. */
  boolean external() {
    return this == GARBAGE || this == ABSENT_AT_START;
  }

  /** Has the fault for so long. */
  public void during(FaultyProcess proxy, int seconds) throws Exception {
    switch (this) {
      case SLOW -> {
        proxy.tell("/mode/slow");
        TimeUnit.SECONDS.sleep(seconds);
        proxy.tell("/mode/well");
      }
      case GARBAGE -> {
        proxy.own().garbage(true);
        TimeUnit.SECONDS.sleep(seconds);
        proxy.own().garbage(false);
      }
      case ABSENT_AT_START -> {
        TimeUnit.SECONDS.sleep(seconds);
        proxy.own().appear();
      }
      case KILLED, STOPPED, HEAP_FULL, WEDGED, SOCKET_REMOVED -> {
        for (long left = seconds; left > 0; left -= BLOW_EVERY_SECONDS) {
          blow(proxy);
          TimeUnit.SECONDS.sleep(Math.min(left, BLOW_EVERY_SECONDS));
        }
      }
    }
  }

  private void blow(FaultyProcess proxy) throws Exception {
    switch (this) {
      case KILLED -> signal("KILL", proxy.child());
      case STOPPED -> signal("STOP", proxy.child());
      case HEAP_FULL -> proxy.tell("/leak");
      case WEDGED -> proxy.tell("/wedge");
      case SOCKET_REMOVED -> {
        Files.delete(proxy.childSocket());
      }
      case SLOW, GARBAGE, ABSENT_AT_START -> throw new IllegalStateException();
    }
  }

  private static void signal(String name, ProcessHandle process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }
}
