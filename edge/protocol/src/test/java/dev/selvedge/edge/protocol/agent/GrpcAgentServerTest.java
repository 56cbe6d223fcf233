package dev.selvedge.edge.protocol.agent;

/** The same over gRPC. */
class GrpcAgentServerTest extends AgentServerTest {

  @Override
  String address() {
    return "127.0.0.1:0";
  }

  @Override
  String nowhere() {
    return "127.0.0.1:1";
  }
}
