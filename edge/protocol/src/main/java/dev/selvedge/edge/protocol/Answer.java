package dev.selvedge.edge.protocol;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What the client gets instead of the upstream's answer. Immutable; nobody writes to the body.
 *
 * @param body without framing fields: the proxy adds content-length
 */
@SuppressWarnings("ArrayRecordComponent") // Copying each body would buy nothing: compared nowhere.
public record Answer(int status, List<Field> fields, byte[] body) {

  public Answer {
    fields = List.copyOf(fields);
  }

  public static Answer of(int status) {
    return new Answer(status, List.of(), new byte[0]);
  }

  public static Answer text(int status, String text) {
    return new Answer(
        status,
        List.of(new Field("content-type", "text/plain; charset=utf-8")),
        text.getBytes(StandardCharsets.UTF_8));
  }
}
