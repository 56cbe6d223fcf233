package dev.selvedge.edge.waf.body;

/**
 * What is odd about a multipart body; any of it is a chance for a backend to read it differently.
 *
 * <p>Not thread-safe.
 */
public final class MultipartFlags {
  public boolean error;
  public boolean dataBefore;
  public boolean dataAfter;
  public boolean boundaryQuoted;
  public boolean boundaryWhitespace;
  public boolean headerFolding;
  public boolean invalidHeaderFolding;
  public boolean crlfLine;
  public boolean lfLine;
  public boolean missingSemicolon;
  public boolean invalidQuoting;
  public boolean invalidPart;
  public boolean fileLimitExceeded;

  /**
   * 0: none; 1: a line looks like a boundary and is none; 2: so, but the body ends as announced.
   */
  public int unmatchedBoundary;

  /** Whether any of the strict conditions holds. */
  public boolean strictError() {
    return error
        || dataBefore
        || dataAfter
        || boundaryQuoted
        || boundaryWhitespace
        || headerFolding
        || invalidHeaderFolding
        || lfLine
        || missingSemicolon
        || invalidQuoting
        || invalidPart
        || fileLimitExceeded;
  }
}
