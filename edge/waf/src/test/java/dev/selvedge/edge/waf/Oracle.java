package dev.selvedge.edge.waf;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * libmodsecurity itself, asked through the C driver in src/test/c, where compiler and header exist.
 */
final class Oracle implements AutoCloseable {
  private static final Path HEADER = Path.of("/usr/include/modsecurity/modsecurity.h");
  private static final Pattern DATA = Pattern.compile("\\[data \"([^\"]*)\"\\]");
  private static final Pattern ID = Pattern.compile("\\[id \"(\\d+)\"\\]");

  /** One logged rule: its id and its logdata. */
  record Message(String id, String data, String line) {}

  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  private Oracle(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.ISO_8859_1);
    this.out = process.inputReader(StandardCharsets.ISO_8859_1);
  }

  static boolean available() {
    return Files.exists(HEADER) && Files.isExecutable(Path.of("/usr/bin/cc"));
  }

  /** Compiles the driver and starts it on a rules file. */
  static Oracle start(Path folder, Path rules) {
    try {
      Path binary = folder.resolve("oracle");
      if (!Files.exists(binary)) {
        run(
            "cc",
            "-O1",
            "-o",
            binary.toString(),
            TestFiles.module("src/test/c/oracle.c").toString(),
            "-lmodsecurity");
      }
      ProcessBuilder builder = new ProcessBuilder(binary.toString(), rules.toString());
      Oracle oracle = new Oracle(builder.redirectError(ProcessBuilder.Redirect.DISCARD).start());
      String first = oracle.out.readLine();
      if (!"ready".equals(first)) {
        throw new IllegalStateException("oracle says: " + first);
      }
      return oracle;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(String... command) throws IOException {
    try {
      Process p = new ProcessBuilder(command).inheritIO().start();
      if (p.waitFor() != 0) {
        throw new IllegalStateException("failed: " + String.join(" ", command));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The messages of one request with the given header value, for rules of phase 1. */
  List<Message> header(String name, byte[] value) {
    return ask(
        List.of("R " + hex("GET") + " " + hex("/") + " 1.1", "H " + hex(name) + " " + hex(value)));
  }

  /** Runs a transaction given as driver commands. */
  List<Message> ask(List<String> commands) {
    try {
      for (String command : commands) {
        in.write(command);
        in.write('\n');
      }
      in.write(".\n");
      in.flush();
      List<Message> messages = new ArrayList<>();
      String line;
      while ((line = out.readLine()) != null && !line.equals(".")) {
        if (line.startsWith("M ")) {
          messages.add(new Message(group(ID, line), group(DATA, line), line));
        }
      }
      if (line == null) {
        throw new IllegalStateException("oracle ended");
      }
      return messages;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String group(Pattern pattern, String line) {
    @Nullable Matcher m = pattern.matcher(line);
    return m.find() ? m.group(1) : "";
  }

  static String hex(String text) {
    return hex(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static String hex(byte[] bytes) {
    return bytes.length == 0 ? "-" : HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
