package dev.selvedge.edge.protocol.frames;

import dev.selvedge.edge.protocol.AgentEvent;
import dev.selvedge.edge.protocol.AgentEvent.RequestComplete;
import dev.selvedge.edge.protocol.AgentEvent.RequestHeaders;
import dev.selvedge.edge.protocol.AgentEvent.ResponseHeaders;
import dev.selvedge.edge.protocol.Bounds;
import dev.selvedge.edge.protocol.EventType;
import dev.selvedge.edge.protocol.ReceivedContext;
import dev.selvedge.edge.protocol.RequestContext;
import dev.selvedge.edge.protocol.Violation;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import io.netty.buffer.ByteBuf;

/**
 * Events of an exchange as frames. Writing takes the proxy's own head and target, field by field
 * without an object; reading makes one head that owns one copy of the frame.
 */
public final class EventFrames {

  private static final int ABSENT = 0xFFFF;

  private EventFrames() {}

  // ---- writing

  public static void requestHeaders(
      FrameOutput out,
      int call,
      int flags,
      HttpHead head,
      RequestTarget target,
      RequestContext context) {
    out.begin(EventType.REQUEST_HEADERS.code(), flags, call);
    byte[] id = context.requestId();
    out.u8(id.length);
    out.raw(id, 0, id.length);
    out.u32(context.deadlineMicros());
    out.u8(context.httpVersion());
    out.u8(context.secure() ? 1 : 0);
    byte[] address = context.clientAddress();
    out.u8(address.length);
    out.raw(address, 0, address.length);
    out.u16(context.clientPort());
    out.sized(context.route());
    out.sized(head.bytes(), head.methodStart(), head.methodLength());
    out.sized(target.source(), target.hostStart(), target.authorityLength());
    out.sized(target.source(), target.rawPathStart(), target.rawPathLength());
    out.sized(target.pathBytes(), target.pathStart(), target.pathLength());
    if (target.hasQuery()) {
      out.sized(target.source(), target.queryStart(), target.queryLength());
    } else {
      out.u16(ABSENT);
    }
    fields(out, head);
    out.end();
  }

  public static void responseHeaders(FrameOutput out, int call, int flags, HttpHead head) {
    out.begin(EventType.RESPONSE_HEADERS.code(), flags, call);
    out.u16(head.status());
    fields(out, head);
    out.end();
  }

  /** The frame's header only: the chunk's bytes follow it on the wire. */
  public static void bodyHeader(
      FrameOutput out, int call, int flags, EventType event, int chunkBytes) {
    out.begin(event.code(), flags, call);
    out.endWithBody(chunkBytes);
  }

  public static void requestComplete(FrameOutput out, int call, int flags, RequestComplete event) {
    out.begin(EventType.REQUEST_COMPLETE.code(), flags, call);
    out.u16(event.status());
    out.u64(event.durationMicros());
    out.u64(event.requestBytes());
    out.u64(event.responseBytes());
    out.utf8(event.failure());
    out.end();
  }

  private static void fields(FrameOutput out, HttpHead head) {
    byte[] bytes = head.bytes();
    int count = head.fieldCount();
    out.u16(count);
    for (int i = 0; i < count; i++) {
      out.sized(bytes, head.nameStart(i), head.nameLength(i));
      out.sized(bytes, head.valueStart(i), head.valueLength(i));
    }
  }

  // ---- reading

  /** Reads the event that starts at {@code index} of the buffer, whose indices do not move. */
  static AgentEvent read(EventType type, int flags, ByteBuf buffer, int index, int length) {
    return switch (type) {
      case REQUEST_HEADERS -> readRequest(flags, buffer, index, length);
      case RESPONSE_HEADERS -> readResponse(flags, buffer, index, length);
      case REQUEST_BODY -> new AgentEvent.RequestBody(chunk(buffer, index, length));
      case RESPONSE_BODY -> new AgentEvent.ResponseBody(chunk(buffer, index, length));
      case REQUEST_COMPLETE -> readComplete(flags, chunk(buffer, index, length));
      case WEBSOCKET_FRAME -> throw Violation.UNEXPECTED.because("websocket_frame is reserved");
    };
  }

  static byte[] chunk(ByteBuf buffer, int index, int length) {
    if (length > Bounds.CHUNK_BYTES_MAX) {
      throw Violation.CHUNK_TOO_LARGE.because(length + " bytes");
    }
    byte[] bytes = new byte[length];
    buffer.getBytes(index, bytes);
    return bytes;
  }

  private static HttpHead own(ByteBuf buffer, int index, int length) {
    HttpHead head = new HttpHead();
    head.reserve(length);
    buffer.getBytes(index, head.bytes(), 0, length);
    head.advance(length);
    return head;
  }

  private static RequestHeaders readRequest(int flags, ByteBuf buffer, int index, int length) {
    HttpHead head = own(buffer, index, length);
    FrameInput in = new FrameInput(head.bytes(), 0, length);
    byte[] id = in.raw(in.u8());
    int deadline = in.count32();
    int version = in.u8();
    boolean secure = in.u8() != 0;
    byte[] address = in.raw(in.u8());
    int port = in.u16();
    byte[] route = in.raw(in.u16());
    ReceivedContext context =
        new ReceivedContext(id, route, address, port, secure, version, deadline);
    int methodLength = in.u16();
    head.method(in.take(methodLength), methodLength);
    String authority = in.latin1();
    String rawPath = in.latin1();
    String path = in.latin1();
    int query = in.u16();
    String queryText = query == ABSENT ? null : in.latin1(query);
    readFields(in, head);
    in.finish(flags);
    return new RequestHeaders(context, authority, rawPath, path, queryText, head);
  }

  private static ResponseHeaders readResponse(int flags, ByteBuf buffer, int index, int length) {
    HttpHead head = own(buffer, index, length);
    FrameInput in = new FrameInput(head.bytes(), 0, length);
    head.status(in.u16());
    readFields(in, head);
    in.finish(flags);
    return new ResponseHeaders(head);
  }

  private static void readFields(FrameInput in, HttpHead head) {
    int count = in.count16(Bounds.FIELDS_MAX, "fields");
    for (int i = 0; i < count; i++) {
      int nameLength = in.u16();
      int nameStart = in.take(nameLength);
      int valueLength = in.u16();
      if (nameLength == 0) {
        throw Violation.BAD_FIELD_NAME.because("an empty name");
      }
      head.addField(nameStart, nameLength, in.take(valueLength), valueLength);
    }
  }

  private static RequestComplete readComplete(int flags, byte[] payload) {
    FrameInput in = new FrameInput(payload, 0, payload.length);
    RequestComplete event = new RequestComplete(in.u16(), in.i64(), in.i64(), in.i64(), in.utf8());
    in.finish(flags);
    return event;
  }
}
