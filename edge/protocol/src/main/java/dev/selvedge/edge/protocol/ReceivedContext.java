package dev.selvedge.edge.protocol;

/** The context of a request as an agent received it. Immutable; nobody writes to its arrays. */
@SuppressWarnings("ArrayRecordComponent") // Compared nowhere.
public record ReceivedContext(
    byte[] requestId,
    byte[] route,
    byte[] clientAddress,
    int clientPort,
    boolean secure,
    int httpVersion,
    int deadlineMicros)
    implements RequestContext {}
