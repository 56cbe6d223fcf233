package dev.selvedge.edge.proxy.service.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A name in an open folder, and what was seen there. Closing it closes the folder.
 *
 * <p>Blocks. Not thread-safe.
 */
record Place(Folder folder, String name, BasicFileAttributes attributes) implements Closeable {

  /**
   * Decides and, where bytes are to be sent, opens the file and reads the first of them.
   *
   * @return null where the file was changed in between: look again
   */
  @Nullable Opened open(StaticRequest request) throws IOException {
    StaticDecision decision = StaticDecision.decide(request, facts(request));
    Representation selected = decision.representation();
    ByteRange bytes = bytes(decision);
    if (selected == null || bytes == null || request.headOnly()) {
      return Opened.nothing(decision);
    }
    SeekableByteChannel channel;
    try {
      channel = folder.read(selected.fileName());
    } catch (NoSuchFileException goneMeanwhile) {
      return null;
    }
    boolean kept = false;
    try {
      if (!unchanged(channel, selected)) {
        return null;
      }
      Opened opened = Opened.read(decision, channel, bytes);
      kept = opened != null && opened.rest() != null;
      return opened;
    } finally {
      if (!kept) {
        channel.close();
      }
    }
  }

  private Found.File facts(StaticRequest request) throws IOException {
    Found.Facts plain = facts(attributes);
    Map<Coding, Found.Facts> coded = new EnumMap<>(Coding.class);
    if (MediaType.of(name).negotiated()) {
      for (Coding coding : request.accepted().wanted()) {
        BasicFileAttributes copy = folder.lookUp(name + coding.suffix());
        if (copy != null
            && copy.isRegularFile()
            && copy.lastModifiedTime().compareTo(attributes.lastModifiedTime()) >= 0) {
          coded.put(coding, facts(copy));
        }
      }
    }
    return new Found.File(name, plain, coded);
  }

  private static Found.Facts facts(BasicFileAttributes attributes) {
    return new Found.Facts(attributes.size(), attributes.lastModifiedTime().toInstant());
  }

  /** The bytes to send; null for none. */
  private static @Nullable ByteRange bytes(StaticDecision decision) {
    return switch (decision) {
      case StaticDecision.Whole whole when whole.selected().size() > 0 ->
          new ByteRange(0, whole.selected().size() - 1);
      case StaticDecision.Part part -> part.range();
      case StaticDecision.Whole empty -> null;
      case StaticDecision.NotFound none -> null;
      case StaticDecision.AddSlash none -> null;
      case StaticDecision.Failed none -> null;
      case StaticDecision.NotModified none -> null;
      case StaticDecision.Unsatisfiable none -> null;
    };
  }

  /** Whether what was opened is what was looked at: the name still leads to the same facts. */
  private boolean unchanged(SeekableByteChannel channel, Representation selected)
      throws IOException {
    BasicFileAttributes now = folder.lookUp(selected.fileName());
    return now != null
        && now.isRegularFile()
        && channel.size() == selected.size()
        && facts(now).equals(new Found.Facts(selected.size(), selected.modified()));
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
