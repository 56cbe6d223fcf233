package dev.selvedge.edge.waf.rx;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The real PCRE2 in a process of its own, compiled from the C driver beside it. Not thread-safe.
 */
final class Pcre2Oracle implements AutoCloseable {

  static final int CASELESS = 0x8;
  static final int DOTALL = 0x20;
  static final int MULTILINE = 0x400;
  static final int NO_AUTO_POSSESS = 0x4000;
  static final int NO_START_OPTIMIZE = 0x1_0000;
  static final int NOTEMPTY_ATSTART = 0x8;
  static final int ANCHORED = 0x8000_0000;
  static final int NO_MATCH = -1;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Subject(byte[] text, int start, int options) {
    static Subject of(byte[] text) {
      return new Subject(text, 0, 0);
    }
  }

  /**
   * @param code of {@code pcre2_match}
   * @param places pairs; trailing groups that took no part are missing
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int code, int[] places) {}

  /** With an error the answers are empty. */
  record Answers(int error, int errorOffset, List<Answer> answers) {}

  private final Process process;
  private final OutputStream out;
  private final InputStream in;

  private Pcre2Oracle(Process process) {
    this.process = process;
    out = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
    in = new BufferedInputStream(process.getInputStream(), 1 << 16);
  }

  /** Empty where there is no C compiler or no PCRE2 to compile against. */
  static Optional<Pcre2Oracle> start() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("pcre2-oracle");
    Path source = folder.resolve("oracle.c");
    Path binary = folder.resolve("oracle");
    try (InputStream text = Pcre2Oracle.class.getResourceAsStream("pcre2_oracle.c")) {
      Files.write(source, text.readAllBytes());
    }
    try {
      Process compiler =
          new ProcessBuilder("cc", "-O2", "-o", "" + binary, "" + source, "-lpcre2-8")
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      if (!compiler.waitFor(60, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
        return Optional.empty();
      }
      return Optional.of(
          new Pcre2Oracle(
              new ProcessBuilder("" + binary)
                  .redirectError(ProcessBuilder.Redirect.INHERIT)
                  .start()));
    } catch (IOException noCompiler) {
      return Optional.empty();
    }
  }

  Answers ask(String pattern, int flags, List<Subject> subjects) throws IOException {
    byte[] text = pattern.getBytes(StandardCharsets.ISO_8859_1);
    put(flags);
    put(text.length);
    out.write(text);
    put(subjects.size());
    for (Subject subject : subjects) {
      put(subject.start());
      put(subject.options());
      put(subject.text().length);
      out.write(subject.text());
    }
    out.flush();
    int error = get();
    int errorOffset = get();
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; error == 0 && i < subjects.size(); i++) {
      int code = get();
      int[] places = new int[2 * Math.max(0, code)];
      for (int p = 0; p < places.length; p++) {
        places[p] = get();
      }
      answers.add(new Answer(code, places));
    }
    return new Answers(error, errorOffset, answers);
  }

  private void put(int value) throws IOException {
    out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  private int get() throws IOException {
    byte[] bytes = in.readNBytes(4);
    if (bytes.length < 4) {
      throw new IOException("the oracle ended");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
