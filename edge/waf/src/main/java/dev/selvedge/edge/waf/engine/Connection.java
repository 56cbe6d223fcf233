package dev.selvedge.edge.waf.engine;

/** Both ends of the client's connection, addresses as text. Immutable. */
public record Connection(
    String clientAddress, int clientPort, String serverAddress, int serverPort) {}
