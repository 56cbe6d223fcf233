package dev.selvedge.edge.config.kdl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.selvedge.edge.config.kdl.KdlNode.Argument;
import dev.selvedge.edge.config.kdl.KdlNode.Property;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class KdlParserTest {

  private static final Source SOURCE = new Source("t", Path.of(""));

  private static KdlDocument parse(String text) {
    return KdlParser.parse(SOURCE, text);
  }

  private static Place at(int line, int column) {
    return new Place(SOURCE, line, column);
  }

  private static List<String> errors(String text) {
    return parse(text).errors().stream()
        .map(it -> it.place().line() + ":" + it.place().column() + ": " + it.message())
        .toList();
  }

  @Test
  void everythingKnowsItsPlace() {
    String text = "\n  (t)node /* x */ (a)1 \\\n 😀 key=(b)\"v\" {\r\n\tchild\r\n}";
    KdlNode node = parse(text).nodes().getFirst();
    assertThat(node.place()).isEqualTo(at(2, 6));
    assertThat(node.type()).isEqualTo(new KdlNode.Annotation(at(2, 4), "t"));
    assertThat(node.arguments())
        .containsExactly(
            new Argument(
                at(2, 22),
                new KdlNode.Annotation(at(2, 20), "a"),
                new KdlValue.Whole(BigInteger.ONE)),
            new Argument(at(3, 2), null, new KdlValue.Text("😀")));
    assertThat(node.properties())
        .containsExactly(
            new Property(
                at(3, 4),
                "key",
                new Argument(
                    at(3, 11), new KdlNode.Annotation(at(3, 9), "b"), new KdlValue.Text("v"))));
    assertThat(node.children().getFirst().place()).isEqualTo(at(4, 2));
  }

  @Test
  void countsLinesAsEditorsDo() {
    assertThat(parse("a\rb\r\nc\u0085d\u2028e\nf").nodes())
        .extracting(KdlNode::place)
        .containsExactly(at(1, 1), at(2, 1), at(3, 1), at(3, 3), at(3, 5), at(4, 1));
    assertThat(parse("\uFEFFa").nodes().getFirst().place()).isEqualTo(at(1, 1));
  }

  @Test
  void numbersKeepTheirExactForm() {
    assertThat(parse("n 123456789012345678901234567890 1.10 -0x_1").errors()).hasSize(1);
    assertThat(parse("n 123456789012345678901234567890 1.10 -0xFF #-inf").nodes().getFirst())
        .extracting(KdlNode::arguments)
        .isEqualTo(
            List.of(
                new Argument(
                    at(1, 3),
                    null,
                    new KdlValue.Whole(new BigInteger("123456789012345678901234567890"))),
                new Argument(at(1, 34), null, new KdlValue.Decimal(new BigDecimal("1.10"))),
                new Argument(at(1, 39), null, new KdlValue.Whole(BigInteger.valueOf(-255))),
                new Argument(at(1, 45), null, KdlValue.Keyword.MINUS_INFINITY)));
  }

  @Test
  void repeatedPropertiesAreAllKept() {
    assertThat(parse("n a=1 a=2").nodes().getFirst().properties()).hasSize(2);
  }

  @Test
  void explainsWhatIsWrong() {
    assertThat(errors("a 10MiB"))
        .containsExactly("1:3: 10MiB is not a number; text that begins so needs quotes");
    assertThat(errors("a true"))
        .containsExactly("1:3: true alone is not a value; write #true, or \"true\" as text");
    assertThat(errors("a \"b")).containsExactly("1:3: this string is not closed by \" on its line");
    assertThat(errors("a \"b\\qc\""))
        .containsExactly(
            "1:5: after a \\ in a string one of \" \\ b f n r t s u{…} or a space must follow");
    assertThat(errors("a {\n b {\n }\n")).containsExactly("1:3: this { is never closed");
    assertThat(errors("a }")).containsExactly("1:3: this } closes nothing");
    assertThat(errors("a {} b")).containsExactly("1:6: a newline or ; is missing before this");
    assertThat(errors("}")).containsExactly("1:1: this } closes nothing");
    assertThat(errors("a /* b\nc")).containsExactly("1:3: this comment is never closed by */");
    assertThat(errors("a=1"))
        .containsExactly("1:2: a space is missing before this, or quotes around the text");
    assertThat(errors("a b=\nc"))
        .containsExactly("1:5: a name or a value is missing at the end of this line");
    assertThat(errors("a \u0007b"))
        .containsExactly("1:3: the character U+0007 is not allowed in a file");
    assertThat(errors("a [b]"))
        .containsExactly("1:3: a name or a value cannot begin with [ outside of quotes");
    assertThat(errors("a #yes"))
        .containsExactly(
            "1:3: after # one of #true #false #null #inf #-inf #nan or a quote must follow");
    assertThat(errors("a \"\"\"\n  x\n y\n  \"\"\""))
        .containsExactly("3:1: this line must begin with the same spaces as the closing \"\"\"");
    assertThat(errors("12 a"))
        .containsExactly("1:1: the name of a node must be a word or a string");
  }

  @Test
  void goesOnBehindAnError() {
    KdlDocument document =
        parse(
            """
            a 1x; b
            c { d 2x; e }
            f (g { h
              i
            }
            j
            """);
    assertThat(document.errors())
        .extracting(SyntaxError::place)
        .containsExactly(at(1, 3), at(2, 7), at(3, 3));
    assertThat(document.nodes()).extracting(KdlNode::name).containsExactly("b", "c", "j");
    assertThat(document.nodes().get(1).children()).extracting(KdlNode::name).containsExactly("e");
  }

  @Test
  void boundsErrors() {
    assertThat(parse("1x\n".repeat(1_000)).errors()).hasSize(KdlParser.ERRORS_MAX);
  }

  @Test
  void boundsDepth() {
    int most = KdlParser.DEPTH_MAX;
    assertThat(parse("a {".repeat(most) + "}".repeat(most)).errors()).isEmpty();
    assertThat(errors("a {".repeat(1_000_000)))
        .containsExactly("1:387: blocks are nested deeper than 128 levels");
    assertThat(errors("/*".repeat(1_000_000))).hasSize(1);
    assertThat(errors("/-".repeat(1_000_000))).hasSize(1);
    assertThat(errors("(".repeat(1_000_000))).hasSize(1);
  }

  @Test
  void boundsSize() {
    assertThat(parse(" ".repeat(KdlParser.SIZE_MAX)).errors()).isEmpty();
    assertThat(errors(" ".repeat(KdlParser.SIZE_MAX + 1)))
        .containsExactly("1:1: the file is over 4 MiB, the most read");
  }

  @Test
  void boundsNumbers() {
    assertThat(parse("a " + "9".repeat(KdlNumbers.LENGTH_MAX)).errors()).isEmpty();
    assertThat(errors("a " + "9".repeat(KdlNumbers.LENGTH_MAX + 1)))
        .containsExactly(
            "1:3: " + "9".repeat(40) + "… is not a number; text that begins so needs quotes");
    assertThat(errors("a 1e99999999999")).hasSize(1);
  }
}
