package dev.selvedge.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** What the modules before this one have reported of their tests. Immutable. */
final class TestReports {

  private static final List<String> FOLDERS = List.of("surefire-reports", "failsafe-reports");

  /** How one run of a test method ended. */
  enum End {
    PASSED,
    FAILED,
    SKIPPED
  }

  /**
   * One line of a report.
   *
   * @param className simple
   * @param name of the method; parameterised ones add their parameters
   */
  record Case(String module, String className, String name, End end) {

    boolean isOf(String method) {
      return name.equals(method) || name.startsWith(method + "(") || name.startsWith(method + "[");
    }
  }

  private final List<Case> cases;

  private TestReports(List<Case> cases) {
    this.cases = List.copyOf(cases);
  }

  /** Reads the reports of the modules below a folder. */
  static TestReports read(Path root, List<String> modules) {
    List<Case> cases = new ArrayList<>();
    for (String module : modules) {
      for (String folder : FOLDERS) {
        Path reports = root.resolve(module).resolve("target").resolve(folder);
        if (Files.isDirectory(reports)) {
          readAll(module, reports, cases);
        }
      }
    }
    return new TestReports(cases);
  }

  private static void readAll(String module, Path folder, List<Case> cases) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.startsWith("TEST-") && name.endsWith(".xml")) {
          read(module, file, cases);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(String module, Path file, List<Case> cases) throws IOException {
    NodeList tests;
    try {
      tests =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getElementsByTagName("testcase");
    } catch (SAXException | ParserConfigurationException e) {
      throw new IOException("unreadable report " + file, e);
    }
    for (int i = 0; i < tests.getLength(); i++) {
      Element test = (Element) tests.item(i);
      String owner = test.getAttribute("classname");
      String simple = owner.substring(owner.lastIndexOf('.') + 1);
      cases.add(new Case(module, simple, test.getAttribute("name"), end(test)));
    }
  }

  private static End end(Element test) {
    if (has(test, "failure") || has(test, "error")) {
      return End.FAILED;
    }
    return has(test, "skipped") ? End.SKIPPED : End.PASSED;
  }

  private static boolean has(Element test, String tag) {
    return test.getElementsByTagName(tag).getLength() > 0;
  }

  /** Whether any test of the module was run. */
  boolean ran(String module) {
    return cases.stream().anyMatch(one -> one.module().equals(module));
  }

  /** The runs of one test method; several where it has parameters. */
  List<Case> of(String className, String method) {
    return cases.stream()
        .filter(one -> one.className().equals(className) && one.isOf(method))
        .toList();
  }
}
