package dev.selvedge.edge.protocol.frames;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.protocol.ProtocolViolation;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The files under {@code golden/} hold one JSON object a line, for readers in any language: the
 * bytes of a frame and what they mean. {@code -Dselvedge.golden=write} writes them anew.
 */
class GoldenVectorsTest {

  private static final Path FOLDER = Path.of("src/test/resources/golden");
  private static final Pattern HEX = Pattern.compile("\"hex\":\"([0-9a-f]*)\"");
  private static final Pattern EXPECT = Pattern.compile("\"(violation|skipped)\":\"?([a-z_]+)");

  @Test
  void framesOfVersion1AreWrittenAsInTheFile() throws IOException {
    Map<String, byte[]> frames = GoldenFrames.version1();
    List<String> lines =
        frames.entrySet().stream()
            .map(frame -> line(frame.getKey(), frame.getValue(), meaning(frame.getValue())))
            .toList();
    same("frames-v1.jsonl", lines);
  }

  @Test
  void framesOfALaterPeerAreUnderstoodAsFarAsKnown() throws IOException {
    Map<String, byte[]> frames = GoldenFrames.later();
    List<String> lines =
        frames.entrySet().stream()
            .map(frame -> line(frame.getKey(), frame.getValue(), meaning(frame.getValue())))
            .toList();
    same("frames-later.jsonl", lines);
    assertThat(lines).anyMatch(line -> EXPECT.matcher(line).find());
  }

  @Test
  void brokenFramesAreRefusedForTheReasonInTheFile() throws IOException {
    Map<String, byte[]> frames = GoldenFrames.broken();
    List<String> lines =
        frames.entrySet().stream()
            .map(frame -> line(frame.getKey(), frame.getValue(), meaning(frame.getValue())))
            .toList();
    same("frames-broken.jsonl", lines);
    assertThat(lines).allMatch(line -> line.contains("\"violation\":"));
  }

  @Test
  void everyLineOfTheFilesCanBeReadFromItsHexAlone() throws IOException {
    for (String file : List.of("frames-v1.jsonl", "frames-later.jsonl", "frames-broken.jsonl")) {
      for (String line : Files.readAllLines(FOLDER.resolve(file))) {
        Matcher hex = HEX.matcher(line);
        assertThat(hex.find()).isTrue();
        assertThat(line).contains(meaning(HexFormat.of().parseHex(hex.group(1))));
      }
    }
  }

  private static void same(String file, List<String> lines) throws IOException {
    Path path = FOLDER.resolve(file);
    if ("write".equals(System.getProperty("selvedge.golden"))) {
      Files.createDirectories(FOLDER);
      Files.writeString(path, lines.stream().collect(Collectors.joining("\n", "", "\n")));
    }
    assertThat(lines).containsExactlyElementsOf(Files.readAllLines(path));
  }

  private static String line(String name, byte[] frame, String meaning) {
    return "{\"name\":\""
        + name
        + "\",\"hex\":\""
        + HexFormat.of().formatHex(frame)
        + "\","
        + meaning
        + "}";
  }

  private static String meaning(byte[] frame) {
    FrameReading reading = new FrameReading();
    EmbeddedChannel channel = new EmbeddedChannel(reading);
    channel.writeInbound(Unpooled.wrappedBuffer(frame));
    channel.finishAndReleaseAll();
    if (reading.failure instanceof ProtocolViolation violation) {
      return "\"violation\":\"" + violation.violation().code() + "\"";
    }
    FrameReading.Read read = reading.frames.getFirst();
    return read.message() == null ? "\"skipped\":true" : read.described();
  }
}
