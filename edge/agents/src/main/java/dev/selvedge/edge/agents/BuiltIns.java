package dev.selvedge.edge.agents;

import dev.selvedge.edge.agents.denylist.DenylistAgent;
import dev.selvedge.edge.agents.denylist.DenylistKeys;
import dev.selvedge.edge.agents.denylist.DenylistSettings;
import dev.selvedge.edge.agents.echo.EchoAgent;
import dev.selvedge.edge.agents.echo.EchoKeys;
import dev.selvedge.edge.agents.waf.LoadedRules;
import dev.selvedge.edge.agents.waf.WafAgent;
import dev.selvedge.edge.agents.waf.WafKeys;
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
              DenylistAgent::new),
          new BuiltIn(
              "waf",
              "Judges requests and answers by rules in the ModSecurity language: the shipped set,"
                  + " the OWASP CRS, or others.",
              WafKeys.BLOCK,
              LoadedRules::check,
              WafAgent::new));

  private BuiltIns() {}
}
