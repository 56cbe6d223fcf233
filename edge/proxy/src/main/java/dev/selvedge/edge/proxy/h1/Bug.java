package dev.selvedge.edge.proxy.h1;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Where unexpected exceptions of the dataplane end: logged once, the connection is closed. */
public final class Bug {

  private static final Logger LOGGER = System.getLogger("selvedge.proxy");

  private Bug() {}

  /** Reports an exception that no rule foresees. */
  public static void report(String where, Throwable cause) {
    LOGGER.log(Level.ERROR, "bug in " + where, cause);
  }
}
