package dev.selvedge.edge.proxy.exchange;

import dev.selvedge.edge.config.SystemConfig.LimitsConfig;

/**
 * Bounds of a message head, in bytes. Immutable.
 *
 * @param head all lines together
 */
public record HeadLimits(int head, int fields, int name, int value, int target) {

  public static HeadLimits of(LimitsConfig limits) {
    return new HeadLimits(
        limits.maxHead().toIntExact(),
        limits.maxFields(),
        limits.maxFieldName().toIntExact(),
        limits.maxFieldValue().toIntExact(),
        limits.maxTarget().toIntExact());
  }
}
