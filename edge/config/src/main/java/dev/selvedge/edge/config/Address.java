package dev.selvedge.edge.config;

/**
 * A host and port as written: {@code 127.0.0.1:8080}, {@code [::1]:8080}, {@code localhost:8080}.
 * Immutable; resolving is the user's business.
 *
 * @param host without brackets
 * @param port 0–65535; 0 asks the system for a free one and is for listeners only
 */
public record Address(String host, int port) {

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
