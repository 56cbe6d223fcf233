package dev.selvedge.edge.proxy.record;

import dev.selvedge.edge.protocol.Audit;
import dev.selvedge.kernel.FailureCode;
import dev.selvedge.kernel.HttpHead;
import dev.selvedge.kernel.RequestTarget;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one request and why, in fixed slots: writing it allocates nothing and makes no
 * String.
 *
 * <p>One per exchange object, reused; copied into a ring when the exchange ends. Up to {@value
 * #MAX_STEPS} steps, further ones are counted, not kept. The path is cut at {@value #MAX_PATH}
 * bytes, the host at {@value #MAX_HOST}; field values are never held. Confined to its event loop.
 */
public final class DecisionRecord {

  public static final int MAX_STEPS = 24;
  public static final int MAX_PATH = 256;
  public static final int MAX_HOST = 64;
  public static final int MAX_METHOD = 16;
  public static final int MAX_FOREIGN_ID = 64;

  /** {@link #failure} of a request that did not fail. */
  public static final int NO_FAILURE = -1;

  // Read by the ring and the log of this package.
  int loop;
  long sequence;
  long startNanos;
  long epochMillis;
  long durationNanos;
  int route;
  int upstream;
  int status;
  int failure;
  boolean gap;
  long requestBodyBytes;
  long responseBodyBytes;
  final byte[] clientAddress = new byte[16];
  int clientAddressLength;
  final byte[] method = new byte[MAX_METHOD];
  int methodLength;
  final byte[] host = new byte[MAX_HOST];
  int hostLength;
  final byte[] path = new byte[MAX_PATH];
  int pathLength;
  int pathFullLength;
  final byte[] foreignId = new byte[MAX_FOREIGN_ID];
  int foreignIdLength;
  final byte[] steps = new byte[MAX_STEPS];
  final int[] references = new int[MAX_STEPS];
  final long[] stepNanos = new long[MAX_STEPS];
  int stepCount;
  final AuditTrail audits = new AuditTrail();

  /** Starts over for a new request. */
  public void begin(int loopIndex, long number, long nowNanos, long nowMillis) {
    loop = loopIndex;
    sequence = number;
    startNanos = nowNanos;
    epochMillis = nowMillis;
    durationNanos = 0;
    route = Names.NONE;
    upstream = Names.NONE;
    status = 0;
    failure = NO_FAILURE;
    gap = false;
    requestBodyBytes = 0;
    responseBodyBytes = 0;
    clientAddressLength = 0;
    methodLength = 0;
    hostLength = 0;
    pathLength = 0;
    pathFullLength = 0;
    foreignIdLength = 0;
    stepCount = 0;
    audits.clear();
  }

  /** The client's settled address, 4 or 16 bytes. */
  public void client(byte[] address) {
    clientAddressLength = address.length;
    System.arraycopy(address, 0, clientAddress, 0, address.length);
  }

  /** Method, as far as the head was understood. */
  public void method(HttpHead head) {
    methodLength = Math.min(head.methodLength(), MAX_METHOD);
    System.arraycopy(head.bytes(), head.methodStart(), method, 0, methodLength);
  }

  /** Host and normalised path. */
  public void target(RequestTarget target) {
    hostLength = Math.min(target.hostLength(), MAX_HOST);
    System.arraycopy(target.source(), target.hostStart(), host, 0, hostLength);
    pathFullLength = target.pathLength();
    pathLength = Math.min(pathFullLength, MAX_PATH);
    System.arraycopy(target.pathBytes(), target.pathStart(), path, 0, pathLength);
  }

  /** The id that a trusted peer gave the request. */
  public void foreignId(byte[] bytes, int start, int length) {
    foreignIdLength = Math.min(length, MAX_FOREIGN_ID);
    System.arraycopy(bytes, start, foreignId, 0, foreignIdLength);
  }

  /** Notes a step at a time. The reference is what {@link Step#reference} says. */
  public void step(Step step, int reference, long nowNanos) {
    if (stepCount < MAX_STEPS) {
      steps[stepCount] = (byte) step.ordinal();
      references[stepCount] = reference;
      stepNanos[stepCount] = nowNanos - startNanos;
    }
    stepCount++;
  }

  /** Notes why an agent decided so, as far as there is room. */
  public void audit(int agent, Audit audit) {
    audits.add(agent, audit);
  }

  public void route(int name) {
    route = name;
  }

  public void upstream(int name) {
    upstream = name;
  }

  /** The status that the client was sent. */
  public void status(int code) {
    status = code;
  }

  /** Why the exchange did not end well; the first reason stays. */
  public void fail(FailureCode code) {
    if (failure == NO_FAILURE) {
      failure = code.ordinal();
    }
  }

  /** Something that should have been checked was not; the record goes where refusals go. */
  public void gap() {
    gap = true;
  }

  public void countRequestBytes(long bytes) {
    requestBodyBytes += bytes;
  }

  public void countResponseBytes(long bytes) {
    responseBodyBytes += bytes;
  }

  /** The exchange ended. */
  public void end(long nowNanos) {
    durationNanos = nowNanos - startNanos;
  }

  public long sequence() {
    return sequence;
  }

  public long startNanos() {
    return startNanos;
  }

  public long durationNanos() {
    return durationNanos;
  }

  public int status() {
    return status;
  }

  public int route() {
    return route;
  }

  public long requestBodyBytes() {
    return requestBodyBytes;
  }

  public long responseBodyBytes() {
    return responseBodyBytes;
  }

  /** Why it failed, or null. */
  public @Nullable FailureCode failure() {
    return failure == NO_FAILURE ? null : FailureCode.of(failure);
  }

  /** Whether the record also belongs into the ring of refusals, failures and gaps. */
  public boolean notable() {
    return gap || failure != NO_FAILURE;
  }
}
