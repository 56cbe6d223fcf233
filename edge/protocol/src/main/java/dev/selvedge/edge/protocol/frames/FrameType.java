package dev.selvedge.edge.protocol.frames;

/**
 * The type byte of a frame. Bit 7 says that the agent speaks; events stand in {@code EventType}.
 */
final class FrameType {

  static final int HELLO = 0x01;
  static final int CONFIGURE = 0x02;
  static final int HEALTH = 0x03;
  static final int DRAIN = 0x04;
  static final int CANCEL = 0x05;
  static final int PROXY_CREDIT = 0x06;

  static final int WELCOME = 0x81;
  static final int CONFIGURED = 0x82;
  static final int HEALTH_REPORT = 0x83;
  static final int LEAVING = 0x84;
  static final int ENDED = 0x85;
  static final int AGENT_CREDIT = 0x86;
  static final int DECISION = 0x90;
  static final int CHUNK_RESULT = 0x91;

  private FrameType() {}
}
