package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.Address;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Spot;
import dev.selvedge.edge.config.value.Addresses;
import dev.selvedge.edge.config.value.Texts;
import dev.selvedge.edge.config.value.Types;
import org.jspecify.annotations.Nullable;

/** The keys of {@code admin}. */
public final class AdminKeys {

  /**
   * Where the admin listener is.
   *
   * @param address null where it is off
   */
  public record Listening(@Nullable Address address) {}

  public static final Key<Listening> ADDRESS =
      Key.withDefault(
          "admin.address",
          new Types.Text<>("address, or `off`", AdminKeys::address),
          "\"127.0.0.1:9090\"",
          "Where the admin listener is; `off` for none.",
          "SystemKeysTest#listensForAdminWhereItIsTold");

  public static final Key<String> TOKEN =
      Key.optional(
          "admin.token",
          new Types.Text<>("1 to 512 visible ASCII characters", Texts::token),
          "Needed by requests that change something; without one they are refused.",
          "SystemKeysTest#reloadsOnlyWithTheToken");

  static final Block BLOCK = Block.of("admin", ADDRESS, TOKEN);

  private AdminKeys() {}

  private static @Nullable Listening address(String text, Spot spot) {
    if (text.equals("off")) {
      return new Listening(null);
    }
    @Nullable Address address = Addresses.listening(text, spot);
    return address == null ? null : new Listening(address);
  }
}
