package dev.selvedge.edge.proxy.upstream;

import dev.selvedge.edge.proxy.loop.Bounds;
import java.net.InetSocketAddress;

/**
 * One server of an upstream. Thread-safe.
 *
 * @param index in the upstream
 * @param nameNumber of its address as text, in {@link dev.selvedge.edge.proxy.record.Names}
 * @param inFlight exchanges on it over all loops; a count, never a limit
 */
public record Target(
    int index, InetSocketAddress address, int weight, int nameNumber, Bounds inFlight) {}
