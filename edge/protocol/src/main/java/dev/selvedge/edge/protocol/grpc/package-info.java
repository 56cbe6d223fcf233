/** Messages as protobuf on one bidirectional gRPC stream. */
@NullMarked
package dev.selvedge.edge.protocol.grpc;

import org.jspecify.annotations.NullMarked;
