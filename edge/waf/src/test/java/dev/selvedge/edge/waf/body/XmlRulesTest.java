package dev.selvedge.edge.waf.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XmlRulesTest {
  private static final String DTD = "<!ELEMENT a (b*)><!ELEMENT b (#PCDATA)>";
  private static final String SCHEMA =
      """
      <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
        <xs:element name="a" type="xs:int"/>
      </xs:schema>
      """;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aDocumentsOwnDtdDoesNotCount() {
    XmlRules rules = XmlRules.dtd(bytes(DTD));
    assertThat(rules.check(bytes("<a><b>1</b></a>"))).isNull();
    assertThat(rules.check(bytes("<!DOCTYPE c [<!ELEMENT c ANY>]><c/>")))
        .isEqualTo(new XmlProblem("No declaration for element c", false));
  }

  @Test
  void rulesThatDoNotParseLetNothingPass() {
    XmlProblem dtd = XmlRules.dtd(bytes("<!ELEMENT a (b")).check(bytes("<a/>"));
    assertThat(dtd).isNotNull().extracting(XmlProblem::inRules).isEqualTo(true);
    XmlProblem schema = XmlRules.schema("s.xsd", bytes("<xs:schema")).check(bytes("<a/>"));
    assertThat(schema).isNotNull().extracting(XmlProblem::inRules).isEqualTo(true);
  }

  @Test
  void neitherRulesNorDocumentsReadOtherFiles(@TempDir Path folder) throws Exception {
    Path secret = Files.writeString(folder.resolve("s"), "12");
    String doctype = "<!DOCTYPE a [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]>";
    XmlRules schema = XmlRules.schema("s.xsd", bytes(SCHEMA));
    assertThat(schema.check(bytes("<a>12</a>"))).isNull();
    assertThat(schema.check(bytes(doctype + "<a>&e;</a>"))).isNotNull();
    String other = Files.writeString(folder.resolve("o.xsd"), SCHEMA).toUri().toString();
    String including =
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"><xs:include schemaLocation=\""
            + other
            + "\"/></xs:schema>";
    assertThat(XmlRules.schema("i.xsd", bytes(including)).check(bytes("<a>12</a>"))).isNotNull();
  }

  @Test
  void aDtdIncludesNothing(@TempDir Path folder) throws Exception {
    Path other = Files.writeString(folder.resolve("o.dtd"), "<!ELEMENT a EMPTY>");
    String including = "<!ENTITY % o SYSTEM \"" + other.toUri() + "\"> %o; <!ELEMENT b EMPTY>";
    XmlRules rules = XmlRules.dtd(bytes(including));
    assertThat(rules.check(bytes("<b/>"))).isNull();
    assertThat(rules.check(bytes("<a/>")))
        .isEqualTo(new XmlProblem("No declaration for element a", false));
  }
}
