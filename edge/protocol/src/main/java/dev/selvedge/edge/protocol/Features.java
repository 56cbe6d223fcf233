package dev.selvedge.edge.protocol;

/** Bits of what a peer can do beyond the least, settled in the handshake. */
public final class Features {

  /** The agent answers each request body chunk with pass, replace or drop. */
  public static final int REPLACES_REQUEST_BODY = 0x01;

  /** The same for response bodies. */
  public static final int REPLACES_RESPONSE_BODY = 0x02;

  private Features() {}
}
