package dev.selvedge.edge.proxy.rig;

import dev.selvedge.edge.protocol.Decision;
import dev.selvedge.edge.protocol.EventType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * An agent in a process of its own that can be stopped, continued and killed. It allows all, or
 * holds all, as it is told line by line; it ends with its standard input.
 */
public final class AgentProcess implements AutoCloseable {

  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  private AgentProcess(Process process) {
    this.process = process;
    this.commands = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    this.answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** Starts one and waits until it listens. */
  public static AgentProcess start(Path socket) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                AgentProcess.class.getName(),
                socket.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    AgentProcess started = new AgentProcess(process);
    started.expect("ready");
    return started;
  }

  /** The process: {@code SOCKET}. */
  public static void main(String[] arguments) throws IOException {
    try (ScriptedAgent agent =
            ScriptedAgent.waiting(Path.of(arguments[0]), EventType.REQUEST_HEADERS);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready");
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("hold")) {
          agent.hold();
        } else {
          agent.script(ScriptedAgent.always(Decision.ALLOW));
        }
        System.out.println(line);
      }
    }
    System.exit(0);
  }

  private void expect(String line) throws IOException {
    String answer = answers.readLine();
    if (!line.equals(answer)) {
      throw new IOException("the agent said " + answer);
    }
  }

  /** From here on it says nothing about what it is asked. */
  public void hold() throws IOException {
    tell("hold");
  }

  /** From here on it allows everything. */
  public void allow() throws IOException {
    tell("allow");
  }

  private void tell(String line) throws IOException {
    commands.write(line + "\n");
    commands.flush();
    expect(line);
  }

  /** Sends a signal: {@code STOP}, {@code CONT}, {@code KILL}. */
  public void signal(String name) throws IOException, InterruptedException {
    String pid = Long.toString(process.pid());
    if (new ProcessBuilder("kill", "-" + name, pid).inheritIO().start().waitFor() != 0) {
      throw new IOException("no " + name + " to " + pid);
    }
    if (name.equals("KILL")) {
      process.waitFor(10, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      answers.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
