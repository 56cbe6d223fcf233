package dev.selvedge.edge.waf.body;

import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.variable.Fields;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One part of a multipart body; with a file name it is a file.
 *
 * <p>Not thread-safe.
 */
public final class MultipartPart {
  final Fields headers = new Fields();
  final ByteOutput content = new ByteOutput(64);
  byte @Nullable [] name;

  /** Where its content starts in the body. */
  int offset;

  byte @Nullable [] fileName;
  byte @Nullable [] extendedFileName;

  /** Empty until the Content-Disposition was read. */
  public byte[] name() {
    byte[] n = name;
    return n == null ? Bytes.EMPTY : n;
  }

  /** The file name, of either form; null for a plain field. */
  public byte @Nullable [] fileName() {
    byte[] plain = fileName;
    return plain == null ? extendedFileName : plain;
  }

  /**
   * The file name of the other form, where both are given and differ: some servers take the one,
   * some the other. Null otherwise.
   */
  public byte @Nullable [] otherFileName() {
    byte[] plain = fileName;
    byte[] extended = extendedFileName;
    return plain == null || extended == null || Arrays.equals(plain, extended) ? null : extended;
  }

  public byte[] content() {
    return content.toBytes();
  }

  public int size() {
    return content.size();
  }

  public Fields headers() {
    return headers;
  }
}
