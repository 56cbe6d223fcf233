package dev.selvedge.tests;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * What {@code ./build} prints at its end: the slowest test classes, whether the time budget was
 * kept, and as its last line how many tests ran and which were skipped and why: each reason with
 * the tests it kept from running, by their methods. Run from source, so that it works where a
 * module failed.
 */
public final class BuildReport {

  private static final int SLOWEST = 20;
  private static final int BUDGET_SECONDS = 15 * 60;

  /** Words in front of the reason in the text of an assumption that does not hold. */
  private static final List<String> BEFORE_THE_REASON =
      List.of("org.opentest4j.TestAbortedException: ", "Assumption failed: ");

  private record Case(String name, double seconds) {}

  private int run;
  private int failed;

  /** For each reason the methods that were skipped, with how often. */
  private final Map<String, Map<String, Integer>> skipped = new TreeMap<>();

  private final List<Case> cases = new ArrayList<>();
  private final List<String> unreadable = new ArrayList<>();

  BuildReport() {}

  /** Reads the reports below the working directory; exit 1 where a test failed or none ran. */
  public static void main(String[] arguments) throws IOException {
    BuildReport report = new BuildReport();
    report.readBelow(Path.of(""));
    String mode = System.getenv().getOrDefault("SELVEDGE_BUILD_MODE", "all");
    int seconds = Integer.parseInt(System.getenv().getOrDefault("SELVEDGE_BUILD_SECONDS", "0"));
    System.exit(report.print(System.out, mode, seconds) ? 0 : 1);
  }

  /** Reads every report in a folder and the folders in it, sources aside. */
  void readBelow(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = String.valueOf(folder.getFileName());
            boolean aside =
                name.equals("src") || name.equals("node_modules") || name.equals(".git");
            return aside ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String name = String.valueOf(file.getFileName());
            if (name.startsWith("TEST-") && name.endsWith(".xml")) {
              read(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void read(Path file) {
    Element suite;
    try {
      DocumentBuilder builder = DocumentBuilderFactory.newInstance().newDocumentBuilder();
      builder.setErrorHandler(new DefaultHandler());
      suite = builder.parse(file.toFile()).getDocumentElement();
    } catch (IOException | SAXException | ParserConfigurationException e) {
      unreadable.add("unreadable report " + file + ": " + e.getMessage());
      failed++;
      return;
    }
    NodeList tests = suite.getElementsByTagName("testcase");
    double seconds = 0;
    for (int i = 0; i < tests.getLength(); i++) {
      Element test = (Element) tests.item(i);
      String time = test.getAttribute("time").replace(",", "");
      seconds += time.isEmpty() ? 0 : Double.parseDouble(time);
      NodeList skips = test.getElementsByTagName("skipped");
      if (skips.getLength() > 0) {
        skipped
            .computeIfAbsent(reason((Element) skips.item(0)), why -> new TreeMap<>())
            .merge(method(test), 1, Integer::sum);
      } else {
        run++;
      }
      failed += test.getElementsByTagName("failure").getLength();
      failed += test.getElementsByTagName("error").getLength();
    }
    cases.add(new Case(suite.getAttribute("name"), seconds));
  }

  /** Of an assumption the reason stands in the element's text, else in its message. */
  private static String reason(Element skip) {
    String message = skip.getAttribute("message");
    String reason = firstLine(message.isEmpty() ? skip.getTextContent() : message);
    for (String before : BEFORE_THE_REASON) {
      reason = reason.startsWith(before) ? reason.substring(before.length()) : reason;
    }
    return reason.isEmpty() || reason.equals("org.opentest4j.TestAbortedException")
        ? "no reason given"
        : reason;
  }

  private static String firstLine(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).findFirst().orElse("");
  }

  /** Class and method, without the package and the parameters; the class where all of it is. */
  private static String method(Element test) {
    String owner = test.getAttribute("classname");
    String simple = owner.substring(owner.lastIndexOf('.') + 1);
    String method = test.getAttribute("name").split("[(\\[]", -1)[0];
    return method.isEmpty() ? simple : simple + "." + method;
  }

  /**
   * Prints everything.
   *
   * @return whether tests ran, none failed, and the budget was kept
   */
  boolean print(PrintStream out, String mode, int seconds) {
    unreadable.forEach(out::println);
    cases.sort(Comparator.comparingDouble((Case one) -> -one.seconds()));
    out.println("slowest test classes:");
    for (Case one : cases.subList(0, Math.min(SLOWEST, cases.size()))) {
      out.printf(Locale.ROOT, "  %7.1f s  %s%n", one.seconds(), one.name());
    }
    boolean kept = mode.equals("soak") || seconds <= BUDGET_SECONDS;
    out.printf("build took %d s of %d s%s%n", seconds, BUDGET_SECONDS, kept ? "" : ": over");
    int left = skipped.values().stream().mapToInt(BuildReport::sum).sum();
    String why =
        skipped.entrySet().stream()
            .map(entry -> entry.getKey() + ": " + named(entry.getValue()))
            .collect(Collectors.joining("; "));
    String failures = failed == 0 ? "" : ", failed " + failed;
    String reasons = why.isEmpty() ? "" : " (" + why + ")";
    out.println("run " + run + failures + ", skipped " + left + reasons);
    return kept && run > 0 && failed == 0;
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static String named(Map<String, Integer> methods) {
    return methods.entrySet().stream()
        .map(entry -> entry.getKey() + (entry.getValue() == 1 ? "" : " " + entry.getValue() + "x"))
        .collect(Collectors.joining(", "));
  }
}
