package dev.selvedge.edge.proxy.field;

/**
 * Who is at the other end of a client connection, as settled before its first request: the socket's
 * address, or the one that a trusted PROXY header gave. Immutable.
 *
 * @param address 4 or 16 bytes; an IPv4 address mapped into IPv6 is 4 bytes
 * @param text the address as text, ASCII
 * @param port of the client; 0 where it is not known
 * @param trusted whether its forwarding fields are believed
 * @param secure whether the connection is encrypted
 * @param listener index of the listener in the configuration
 */
public record Peer(
    byte[] address, byte[] text, int port, boolean trusted, boolean secure, int listener) {}
