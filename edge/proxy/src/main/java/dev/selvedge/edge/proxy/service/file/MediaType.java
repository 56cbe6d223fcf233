package dev.selvedge.edge.proxy.service.file;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The Content-Type of a file, by the ending of its name. Immutable.
 *
 * @param negotiated whether coded copies are looked for: false for what is compressed already
 */
record MediaType(String text, boolean negotiated) {

  private static final MediaType UNKNOWN = new MediaType("application/octet-stream", false);
  private static final Map<String, MediaType> BY_ENDING = table();

  /** The type of a file of that name; bytes of no known kind where the ending is not known. */
  static MediaType of(String name) {
    int dot = name.lastIndexOf('.');
    String ending = name.substring(dot + 1).toLowerCase(Locale.ROOT);
    return dot < 0 ? UNKNOWN : BY_ENDING.getOrDefault(ending, UNKNOWN);
  }

  private static Map<String, MediaType> table() {
    Map<String, MediaType> types = new HashMap<>();
    text(types, "text/html", "html", "htm");
    text(types, "text/css", "css");
    text(types, "text/javascript", "js", "mjs", "cjs");
    text(types, "text/plain", "txt", "text", "log", "conf", "ini", "kdl", "toml");
    text(types, "text/markdown", "md", "markdown");
    text(types, "text/csv", "csv");
    text(types, "text/tab-separated-values", "tsv");
    text(types, "text/calendar", "ics");
    text(types, "text/vtt", "vtt");
    text(types, "text/xml", "xml", "xsl", "xsd");
    coded(types, "application/json", "json", "map");
    coded(types, "application/ld+json", "jsonld");
    coded(types, "application/geo+json", "geojson");
    coded(types, "application/manifest+json", "webmanifest");
    coded(types, "application/x-ndjson", "ndjson", "jsonl");
    coded(types, "application/yaml", "yaml", "yml");
    coded(types, "application/wasm", "wasm");
    coded(types, "application/xhtml+xml", "xhtml", "xht");
    coded(types, "application/atom+xml", "atom");
    coded(types, "application/rss+xml", "rss");
    coded(types, "application/rtf", "rtf");
    coded(types, "application/vnd.ms-fontobject", "eot");
    coded(types, "image/svg+xml", "svg");
    coded(types, "image/bmp", "bmp");
    coded(types, "image/vnd.microsoft.icon", "ico");
    coded(types, "font/ttf", "ttf");
    coded(types, "font/otf", "otf");
    plain(types, "font/woff", "woff");
    plain(types, "font/woff2", "woff2");
    plain(types, "image/png", "png");
    plain(types, "image/apng", "apng");
    plain(types, "image/jpeg", "jpg", "jpeg");
    plain(types, "image/gif", "gif");
    plain(types, "image/webp", "webp");
    plain(types, "image/avif", "avif");
    plain(types, "image/jxl", "jxl");
    plain(types, "image/tiff", "tif", "tiff");
    plain(types, "audio/mpeg", "mp3");
    plain(types, "audio/mp4", "m4a");
    plain(types, "audio/aac", "aac");
    plain(types, "audio/ogg", "oga", "ogg", "opus");
    plain(types, "audio/wav", "wav");
    plain(types, "audio/flac", "flac");
    plain(types, "video/mp4", "mp4", "m4v");
    plain(types, "video/mpeg", "mpeg", "mpg");
    plain(types, "video/webm", "webm");
    plain(types, "video/ogg", "ogv");
    plain(types, "video/quicktime", "mov");
    plain(types, "video/mp2t", "ts");
    plain(types, "application/vnd.apple.mpegurl", "m3u8");
    plain(types, "application/pdf", "pdf");
    plain(types, "application/epub+zip", "epub");
    plain(types, "application/zip", "zip");
    plain(types, "application/gzip", "gz", "tgz");
    plain(types, "application/zstd", "zst");
    plain(types, "application/x-tar", "tar");
    plain(types, "application/x-7z-compressed", "7z");
    plain(types, "application/java-archive", "jar");
    return Map.copyOf(types);
  }

  private static void text(Map<String, MediaType> types, String type, String... endings) {
    coded(types, type + "; charset=utf-8", endings);
  }

  private static void coded(Map<String, MediaType> types, String type, String... endings) {
    for (String ending : endings) {
      types.put(ending, new MediaType(type, true));
    }
  }

  private static void plain(Map<String, MediaType> types, String type, String... endings) {
    for (String ending : endings) {
      types.put(ending, new MediaType(type, false));
    }
  }
}
