package dev.selvedge.edge.config.load;

import dev.selvedge.edge.config.AdminConfig;
import dev.selvedge.edge.config.Cidr;
import dev.selvedge.edge.config.SystemConfig;
import dev.selvedge.edge.config.SystemConfig.LimitsConfig;
import dev.selvedge.edge.config.SystemConfig.TimeoutsConfig;
import dev.selvedge.edge.config.key.AdminKeys;
import dev.selvedge.edge.config.key.LimitKeys;
import dev.selvedge.edge.config.key.SystemKeys;
import dev.selvedge.edge.config.key.TimeoutKeys;
import dev.selvedge.edge.config.schema.Section;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the blocks {@code system} and {@code admin} into records. */
final class SystemDecoder {

  private SystemDecoder() {}

  static SystemConfig system(Section system, Section limits) {
    @Nullable List<Cidr> trusted = system.find(SystemKeys.TRUSTED_PROXIES);
    @Nullable List<String> identity = system.find(SystemKeys.IDENTITY_FIELDS);
    return new SystemConfig(
        system.get(SystemKeys.WORKER_THREADS),
        system.get(SystemKeys.TRANSPORT),
        system.get(SystemKeys.GRACEFUL_SHUTDOWN_TIMEOUT),
        system.get(SystemKeys.DRAIN_DELAY),
        system.get(SystemKeys.RELOAD_ON_CHANGE),
        trusted == null ? List.of() : List.copyOf(trusted),
        system.get(SystemKeys.FORWARDED),
        identity == null ? List.of() : List.copyOf(identity),
        system.get(SystemKeys.STRICT_TARGET),
        system.get(SystemKeys.ACCESS_LOG),
        system.find(SystemKeys.SPILL_DIRECTORY),
        limits(limits),
        timeouts(system.inner(SystemKeys.TIMEOUTS)));
  }

  private static LimitsConfig limits(Section limits) {
    return new LimitsConfig(
        limits.get(LimitKeys.MAX_CONNECTIONS),
        limits.get(LimitKeys.MAX_CONNECTIONS_PER_ADDRESS),
        limits.get(LimitKeys.MAX_IN_FLIGHT),
        limits.get(LimitKeys.MAX_BUFFERED),
        limits.get(LimitKeys.MAX_BUFFERED_PER_DIRECTION),
        limits.get(LimitKeys.MAX_SPILL),
        limits.get(LimitKeys.MAX_HEAD),
        limits.get(LimitKeys.MAX_FIELDS),
        limits.get(LimitKeys.MAX_FIELD_NAME),
        limits.get(LimitKeys.MAX_FIELD_VALUE),
        limits.get(LimitKeys.MAX_TARGET),
        limits.get(LimitKeys.MAX_BODY));
  }

  private static TimeoutsConfig timeouts(Section timeouts) {
    return new TimeoutsConfig(
        timeouts.get(TimeoutKeys.HEAD),
        timeouts.get(TimeoutKeys.KEEP_ALIVE),
        timeouts.get(TimeoutKeys.REQUEST_BODY),
        timeouts.get(TimeoutKeys.REQUEST_BODY_MIN_RATE),
        timeouts.get(TimeoutKeys.CLIENT_WRITE),
        timeouts.get(TimeoutKeys.UPGRADED_IDLE));
  }

  static AdminConfig admin(Section admin) {
    return new AdminConfig(admin.get(AdminKeys.ADDRESS).address(), admin.find(AdminKeys.TOKEN));
  }
}
