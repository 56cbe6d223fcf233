package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.body.MultipartFlags;
import dev.selvedge.edge.waf.body.XmlBody;
import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.BodyProcessor;
import dev.selvedge.edge.waf.variable.Fields;
import org.jspecify.annotations.Nullable;

/**
 * A request as rules see it.
 *
 * <p>Not thread-safe.
 */
final class RequestState {
  byte[] method = Bytes.EMPTY;
  byte[] uriRaw = Bytes.EMPTY;
  byte[] uri = Bytes.EMPTY;
  byte[] protocol = Bytes.EMPTY;
  byte[] line = Bytes.EMPTY;
  byte[] path = Bytes.EMPTY;
  byte[] baseName = Bytes.EMPTY;
  byte[] query = Bytes.EMPTY;
  byte[] remoteUser = Bytes.EMPTY;
  byte[] authType = Bytes.EMPTY;
  byte[] serverName = Bytes.EMPTY;
  byte[] contentType = Bytes.EMPTY;
  final Fields headers = new Fields();
  final Fields cookies = new Fields();
  final Fields args = new Fields();
  final Fields argsGet = new Fields();
  final Fields argsPost = new Fields();
  final Fields files = new Fields();
  final Fields filesSizes = new Fields();
  final Fields filesTmpNames = new Fields();
  final Fields filesContent = new Fields();
  final Fields multipartNames = new Fields();
  final Fields multipartFileNames = new Fields();
  final Fields partHeaders = new Fields();
  final ByteOutput body = new ByteOutput(0);
  byte[] bodyBytes = Bytes.EMPTY;
  long argsBytes;
  long filesBytes;
  boolean argsOverLimit;

  /** A body that begins as JSON is read as JSON besides. */
  boolean jsonUnasked;

  boolean argumentCut;
  boolean urlencodedError;
  boolean bodyOverLimit;
  @Nullable BodyProcessor processor;
  @Nullable MultipartFlags multipart;
  @Nullable XmlBody xml;

  private @Nullable Boolean secretXml;

  /** Whether an element or attribute of the body has the name of a secret. */
  boolean secretXml() {
    Boolean known = secretXml;
    if (known == null) {
      known = xml != null && xml.anyName(Excerpt::secret);
      secretXml = known;
    }
    return known;
  }

  /** The body was taken for XML, well formed or not. */
  boolean xmlRead;

  @Nullable String bodyError;
}
