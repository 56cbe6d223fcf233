package dev.selvedge.edge.config.key;

import dev.selvedge.edge.config.kdl.KdlNode;
import dev.selvedge.edge.config.schema.Block;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.value.Fields;
import dev.selvedge.edge.config.value.Ref;
import dev.selvedge.edge.config.value.Texts;
import dev.selvedge.edge.config.value.Types;
import java.nio.file.Path;
import java.util.List;

/** The services of a route, of which it has exactly one, and their keys. */
public final class ServiceKeys {

  public static final Key<Ref> UPSTREAM =
      Key.optional(
          "routes.route.upstream",
          new Types.Text<>("name of an upstream", Ref::read),
          "Forwards to an upstream.",
          "ServicesTest#forwardsToTheUpstream");

  public static final Key<Path> ROOT =
      Key.required(
          "routes.route.static.root",
          new Types.Text<>("path of a folder, relative to this file", Texts::folder),
          "The folder whose files are served.",
          "ServicesTest#servesFilesBelowRoot");

  public static final Key<String> INDEX =
      Key.withDefault(
          "routes.route.static.index",
          new Types.Text<>("name of a file", Texts::fileName),
          "\"index.html\"",
          "The file that answers for a folder.",
          "ServicesTest#answersForAFolderWithItsIndex");

  public static final Key<String> FALLBACK =
      Key.optional(
          "routes.route.static.fallback",
          new Types.Text<>("path of a file below root", Texts::below),
          "The file that answers 200 where there is none; without it 404.",
          "ServicesTest#answersWithTheFallbackWhereThereIsNoFile");

  public static final Key<String> CACHE_CONTROL =
      Key.optional(
          "routes.route.static.cache-control",
          new Types.Text<>("field value", Fields::value),
          "The `cache-control` field of each file.",
          "ServicesTest#sendsCacheControlWithFiles");

  public static final Key<KdlNode> STATIC =
      Key.optional(
          "routes.route.static",
          Block.of("routes.route.static", ROOT, INDEX, FALLBACK, CACHE_CONTROL),
          "Serves files.",
          "ServicesTest#servesFilesBelowRoot");

  public static final Key<Integer> RESPOND_STATUS =
      Key.withDefault(
          "routes.route.respond.status",
          new Types.Whole(200, 599),
          "200",
          "The status; 400 or more without a body is a refusal with a problem document.",
          "ServicesTest#respondsWithTheStatus");

  public static final Key<String> BODY =
      Key.optional(
          "routes.route.respond.body",
          new Types.Text<>("text", Texts::any),
          "The body, sent as UTF-8.",
          "ServicesTest#respondsWithTheBody");

  public static final Key<String> CONTENT_TYPE =
      Key.withDefault(
          "routes.route.respond.content-type",
          new Types.Text<>("field value", Fields::value),
          "\"text/plain; charset=utf-8\"",
          "The `content-type` field of the body.",
          "ServicesTest#respondsWithTheContentType");

  public static final Key<KdlNode> RESPOND =
      Key.optional(
          "routes.route.respond",
          Block.of("routes.route.respond", RESPOND_STATUS, BODY, CONTENT_TYPE),
          "Gives a fixed answer.",
          "ServicesTest#respondsWithTheStatus");

  public static final Key<KdlNode> ECHO =
      Key.optional(
          "routes.route.echo",
          Block.of("routes.route.echo"),
          "Answers with the request as it would have been forwarded, as JSON.",
          "ServicesTest#echoesTheRequest");

  public static final Key<String> TO =
      Key.required(
          "routes.route.redirect.to",
          new Types.Text<>("path or URL, with `{path}` and `{query}`", Texts::redirect),
          "Where the client is sent; `{query}` brings its `?`, and behind a `?` both are escaped.",
          "ServicesTest#redirectsWithPathAndQuery");

  public static final Key<Integer> REDIRECT_STATUS =
      Key.withDefault(
          "routes.route.redirect.status",
          new Types.OneOf(List.of(301, 302, 303, 307, 308)),
          "308",
          "The status of the redirect.",
          "ServicesTest#redirectsWithTheStatus");

  public static final Key<KdlNode> REDIRECT =
      Key.optional(
          "routes.route.redirect",
          Block.of("routes.route.redirect", TO, REDIRECT_STATUS),
          "Sends the client elsewhere.",
          "ServicesTest#redirectsWithPathAndQuery");

  public static final List<Key<?>> ALL = List.of(UPSTREAM, STATIC, RESPOND, ECHO, REDIRECT);

  private ServiceKeys() {}
}
