package dev.selvedge.edge.protocol;

/** What an agent advises about one exchange; the proxy decides (strictest wins). Immutable. */
public sealed interface Verdict {

  /** Go on. */
  record Allow() implements Verdict {}

  /** Refuse with this answer. */
  record Block(Answer answer) implements Verdict {}

  /** Send elsewhere: a 3xx answer with a {@code location} field. */
  record Redirect(Answer answer) implements Verdict {}

  /** Ask the client to prove something first: credentials, a puzzle. */
  record Challenge(Answer answer) implements Verdict {}

  /** Not yet: the agent wants the body; allowed once, on a head that a body follows. */
  record NeedsMore() implements Verdict {}

  /** The verdict's number in both codecs; among final ones a higher number is not stricter. */
  default int code() {
    return switch (this) {
      case Allow _ -> 0;
      case Block _ -> 1;
      case Redirect _ -> 2;
      case Challenge _ -> 3;
      case NeedsMore _ -> 4;
    };
  }
}
