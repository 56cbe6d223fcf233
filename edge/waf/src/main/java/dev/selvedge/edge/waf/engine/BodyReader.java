package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.body.JsonBody;
import dev.selvedge.edge.waf.body.MultipartBody;
import dev.selvedge.edge.waf.body.MultipartPart;
import dev.selvedge.edge.waf.body.Urlencoded;
import dev.selvedge.edge.waf.body.XmlBody;
import dev.selvedge.edge.waf.bytes.ByteOutput;
import dev.selvedge.edge.waf.bytes.Bytes;
import dev.selvedge.edge.waf.rule.BodyProcessor;
import dev.selvedge.edge.waf.variable.Fields;
import org.jspecify.annotations.Nullable;

/** Reads a request body with the processor that the content type or a rule chose. */
final class BodyReader {
  private static final int HEADER_SEPARATOR_BYTES = 2;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final State s;
  private final RequestState r;
  private final RequestReader reader;

  BodyReader(State state, RequestReader reader) {
    this.s = state;
    this.r = state.request;
    this.reader = reader;
  }

  void read() {
    r.bodyBytes = r.body.toBytes();
    BodyProcessor processor = r.processor;
    // an empty body is no XML, but a form or JSON without values
    if (processor != null && (r.bodyBytes.length > 0 || processor == BodyProcessor.XML)) {
      switch (processor) {
        case URLENCODED -> urlencoded();
        case MULTIPART -> multipart();
        case JSON -> json();
        case XML -> xml();
      }
    }
    if (r.jsonUnasked && processor != BodyProcessor.JSON) {
      jsonUnasked();
    }
    if (r.argsOverLimit && r.bodyError == null) {
      fail("too many arguments");
    }
  }

  private void urlencoded() {
    r.urlencodedError |=
        Urlencoded.parse(
            r.bodyBytes,
            s.settings.argumentSeparator(),
            (name, value) -> reader.argument("POST", r.argsPost, name, value));
    long limit = s.settings.requestBodyNoFilesLimit();
    if (limit > 0 && r.bodyBytes.length > limit) {
      tooLargeWithoutFiles();
    }
  }

  private @Nullable String parseJson(byte[] body) {
    int own = s.settings.jsonDepthLimit();
    int depth = own > 0 ? Math.min(own, s.options.jsonDepthMax()) : s.options.jsonDepthMax();
    return JsonBody.parse(
        body, depth, (name, value) -> reader.argument("JSON", r.args, name, value));
  }

  /** What is wrong with it is no error of a body that does not call itself JSON. */
  private void jsonUnasked() {
    byte[] body = r.bodyBytes;
    int at = Bytes.regionEquals(body, 0, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
    int from = at;
    while (at < body.length && Bytes.isSpace(body[at])) {
      at++;
    }
    if (at < body.length && (body[at] == '{' || body[at] == '[')) {
      parseJson(from == 0 ? body : Bytes.slice(body, from, body.length));
    }
  }

  private void json() {
    if (noFilesOver(r.bodyBytes.length)) {
      return;
    }
    String error = parseJson(r.bodyBytes);
    if (error != null) {
      fail("JSON parsing error: " + error);
      s.log(4, "JSON: Failed to parse request body: " + error);
    }
  }

  private void xml() {
    if (noFilesOver(r.bodyBytes.length)) {
      return;
    }
    r.xmlRead = true;
    r.xml = XmlBody.parse(r.bodyBytes);
    if (r.xml == null) {
      s.log(4, "XML: Failed parsing document.");
      fail("XML parsing error: XML: Failed parsing document.");
    }
  }

  private void multipart() {
    int own = s.settings.uploadFileLimit();
    int files = own > 0 ? Math.min(own, s.options.filesMax()) : s.options.filesMax();
    MultipartBody body = MultipartBody.parse(r.contentType, r.bodyBytes, files, s.trace);
    r.multipart = body.flags();
    for (MultipartPart part : body.parts()) {
      part(part);
    }
    if (noFilesOver(body.bytesWithoutFiles())) {
      return;
    }
    if (body.error() != null) {
      fail("Multipart parsing error: " + body.error());
    } else if (r.multipart.fileLimitExceeded && files == s.options.filesMax()) {
      fail("too many files"); // the host's bound: what is beyond it no rule has seen
    }
  }

  private void part(MultipartPart part) {
    byte[] name = part.name();
    Fields headers = part.headers();
    for (int i = 0; i < headers.size(); i++) {
      byte[] header = headers.name(i);
      byte[] line =
          new ByteOutput(header.length + headers.value(i).length + HEADER_SEPARATOR_BYTES)
              .add(header)
              .add(':')
              .add(' ')
              .add(headers.value(i))
              .toBytes();
      r.partHeaders.add(name, line);
    }
    r.multipartNames.add(name, name);
    byte[] file = part.fileName();
    if (file == null) {
      reader.argument("BODY", r.argsPost, name, part.content());
      return;
    }
    byte[] content = part.content();
    fileName(name, file);
    byte[] other = part.otherFileName();
    if (other != null) {
      fileName(name, other);
    }
    r.filesSizes.add(name, Bytes.of(content.length));
    r.filesBytes += content.length;
    r.filesContent.add(name, content);
    r.filesTmpNames.add(name, Bytes.EMPTY);
  }

  private void fileName(byte[] name, byte[] file) {
    r.multipartFileNames.add(name, file);
    r.files.add(name, file);
  }

  private boolean noFilesOver(long bytes) {
    long limit = s.settings.requestBodyNoFilesLimit();
    if (limit == 0 || bytes <= limit) {
      return false;
    }
    tooLargeWithoutFiles();
    return true;
  }

  private void tooLargeWithoutFiles() {
    String message = "Request body excluding files is bigger than the maximum expected.";
    s.log(5, message);
    r.bodyOverLimit = true;
    fail(message);
  }

  private void fail(@Nullable String message) {
    r.bodyError = message;
    s.log(4, String.valueOf(message));
  }
}
