package dev.selvedge.edge.protocol.grpc;

import dev.selvedge.edge.protocol.ToAgent;
import dev.selvedge.edge.protocol.ToProxy;
import dev.selvedge.edge.protocol.agent.AgentHost;
import dev.selvedge.edge.protocol.agent.AgentSession;
import dev.selvedge.edge.protocol.agent.AgentWire;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.channel.EventLoop;

/**
 * An agent's end of a gRPC stream. While the proxy does not read its answers, nothing more is read
 * from it. Confined to its event loop.
 */
final class GrpcAgentStream extends ServerCall.Listener<byte[]> implements AgentWire {

  private static final System.Logger LOG = System.getLogger("selvedge.agent");
  private static final int AHEAD = 64;

  private final ServerCall<byte[], byte[]> call;
  private final EventLoop loop;
  private final AgentSession session;
  private int owed;
  private boolean closed;

  GrpcAgentStream(AgentHost host, ServerCall<byte[], byte[]> call, EventLoop loop) {
    this.call = call;
    this.loop = loop;
    this.session = new AgentSession(host, this);
    call.sendHeaders(new Metadata());
    call.request(AHEAD);
  }

  @Override
  public void onMessage(byte[] bytes) {
    if (closed) {
      return;
    }
    try {
      Envelope<ToAgent> read = ToAgentReader.read(bytes);
      if (read.message() != null) {
        session.receive(read.call(), read.flags(), read.message());
      }
      owed++;
      onReady();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "the stream failed", e);
      end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    }
  }

  @Override
  public void onReady() {
    if (!closed && owed > 0 && call.isReady()) {
      call.request(owed);
      owed = 0;
    }
  }

  @Override
  public void onHalfClose() {
    close();
  }

  @Override
  public void onCancel() {
    closed = true;
    session.disconnected();
  }

  @Override
  public void onComplete() {
    closed = true;
    session.disconnected();
  }

  @Override
  public void send(int id, int flags, ToProxy message) {
    if (!closed && !call.isCancelled()) {
      call.sendMessage(ToProxyProto.write(id, flags, message));
    }
  }

  @Override
  public void close() {
    end(Status.OK);
  }

  private void end(Status status) {
    if (!closed) {
      closed = true;
      call.close(status, new Metadata());
    }
  }

  @Override
  public boolean onLoop() {
    return loop.inEventLoop();
  }

  @Override
  public void run(Runnable task) {
    loop.execute(task);
  }
}
