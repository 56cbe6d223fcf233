package dev.selvedge.app.admin;

import dev.selvedge.edge.proxy.record.JsonText;

/** One answer of the admin listener. Immutable. */
record Answer(int status, String contentType, String body) {

  static final String JSON = "application/json";

  static Answer json(String body) {
    return new Answer(200, JSON, body);
  }

  static Answer text(int status, String body) {
    return new Answer(status, "text/plain; charset=utf-8", body);
  }

  /** A refusal as a problem document (RFC 9457). */
  static Answer problem(int status, String code, String title) {
    String body =
        "{\"type\":\"about:blank\",\"title\":%s,\"status\":%d,\"code\":%s}\n"
            .formatted(JsonText.quoted(title), status, JsonText.quoted(code));
    return new Answer(status, "application/problem+json", body);
  }
}
