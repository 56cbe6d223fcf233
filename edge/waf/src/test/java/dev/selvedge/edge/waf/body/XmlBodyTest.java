package dev.selvedge.edge.waf.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XmlBodyTest {
  private static @Nullable String text(String document) {
    XmlBody body = XmlBody.parse(document.getBytes(StandardCharsets.UTF_8));
    return body == null ? null : new String(body.text(), StandardCharsets.UTF_8);
  }

  @Test
  void entitiesOfTheDocumentItselfCannotHideText() {
    assertThat(text("<!DOCTYPE a [<!ENTITY e \"union select\">]><a>1 &e; 2</a>"))
        .isEqualTo("1 union select 2");
  }

  @Test
  void nothingOutsideTheDocumentIsRead(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "<!ENTITY e \"secret\">");
    String uri = secret.toUri().toString();
    assertThat(text("<!DOCTYPE a [<!ENTITY e SYSTEM \"" + uri + "\">]><a>x&e;y</a>"))
        .isEqualTo("xy");
    assertThat(text("<!DOCTYPE a SYSTEM \"" + uri + "\"><a>x</a>")).isEqualTo("x");
    assertThat(text("<!DOCTYPE a [<!ENTITY % p SYSTEM \"" + uri + "\"> %p;]><a>x</a>"))
        .isEqualTo("x");
  }

  @Test
  void entitiesThatMultiplyBreakTheBodyBeforeTheyGrow() {
    StringBuilder bomb = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 \"aaaaaaaaaa\">");
    for (int i = 1; i < 10; i++) {
      bomb.append("<!ENTITY e").append(i).append(" \"");
      bomb.append(("&e" + (i - 1) + ";").repeat(10)).append("\">");
    }
    bomb.append("]><a>&e9;</a>");
    text("<a/>");
    Instant start = Instant.now();
    assertThat(text(bomb.toString())).isNull();
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));
    assertThat(text("<!DOCTYPE a [<!ENTITY e \"&e;\">]><a>&e;</a>")).isNull();
  }

  @Test
  void aboutAThousandEntitiesAreTheMost() {
    String declared = "<!DOCTYPE a [<!ENTITY e \"x\">]><a>";
    assertThat(text(declared + "&e;".repeat(900) + "</a>")).isEqualTo("x".repeat(900));
    assertThat(text(declared + "&e;".repeat(1_100) + "</a>")).isNull();
  }

  /** Few entities, each of them long: their number is no bound. */
  @Test
  void entitiesAddAHundredThousandCharactersAtTheMost() {
    String declared = "<!DOCTYPE a [<!ENTITY e \"" + "x".repeat(2_000) + "\">]><a>";
    assertThat(text(declared + "&e;".repeat(40) + "</a>")).isEqualTo("x".repeat(80_000));
    assertThat(text(declared + "&e;".repeat(60) + "</a>")).isNull();
  }

  @Test
  void elementsStandTwoHundredDeepAtTheMost() {
    assertThat(text("<a>".repeat(190) + "x" + "</a>".repeat(190))).isEqualTo("x");
    assertThat(text("<a>".repeat(210) + "x" + "</a>".repeat(210))).isNull();
  }

  @Test
  void aHundredThousandNodesAreTheMost() {
    assertThat(text("<a>" + "<b/>".repeat(49_000) + "</a>")).isNotNull();
    assertThat(text("<a>" + "<b/>".repeat(101_000) + "</a>")).isNull();
  }
}
