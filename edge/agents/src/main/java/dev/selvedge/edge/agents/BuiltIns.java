package dev.selvedge.edge.agents;

import dev.selvedge.edge.agents.denylist.DenylistAgent;
import dev.selvedge.edge.agents.denylist.DenylistKeys;
import dev.selvedge.edge.agents.denylist.DenylistSettings;
import dev.selvedge.edge.agents.echo.EchoAgent;
import dev.selvedge.edge.agents.echo.EchoKeys;
import java.util.List;

/** Every agent that the program brings along. A new one gets its lines here. */
public final class BuiltIns {

  public static final List<BuiltIn> ALL =
      List.of(
          new BuiltIn(
              "echo",
              "Adds fields to requests and responses: for first steps and for tests.",
              EchoKeys.BLOCK,
              EchoKeys::decode,
              EchoAgent::new),
          new BuiltIn(
              "denylist",
              "Refuses requests by client address, path and user agent.",
              DenylistKeys.BLOCK,
              DenylistSettings::decode,
              DenylistAgent::new));

  private BuiltIns() {}
}
