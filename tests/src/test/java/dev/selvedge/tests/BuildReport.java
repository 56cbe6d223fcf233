package dev.selvedge.tests;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What {@code ./build} prints at its end: the slowest test classes, whether the time budget was
 * kept, and as its last line how many tests ran and which were skipped and why. Run from source, so
 * that it works where a module failed.
 */
public final class BuildReport {

  private static final int SLOWEST = 20;
  private static final int BUDGET_SECONDS = 15 * 60;

  private record Case(String name, double seconds) {}

  private int run;
  private int failed;
  private final Map<String, Integer> skipped = new TreeMap<>();
  private final List<Case> cases = new ArrayList<>();

  private BuildReport() {}

  /** Reads the reports below the working directory; exit 1 where the budget was not kept. */
  public static void main(String[] arguments) throws IOException {
    BuildReport report = new BuildReport();
    Files.walkFileTree(
        Path.of(""),
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
            String name = file.getFileName().toString();
            if (name.startsWith("TEST-") && name.endsWith(".xml")) {
              report.read(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    System.exit(report.print() ? 0 : 1);
  }

  private void read(Path file) {
    Element suite;
    try {
      suite =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(file.toFile())
              .getDocumentElement();
    } catch (IOException | SAXException | ParserConfigurationException unreadable) {
      System.out.println("unreadable report " + file + ": " + unreadable.getMessage());
      failed++;
      return;
    }
    NodeList tests = suite.getElementsByTagName("testcase");
    double seconds = 0;
    for (int i = 0; i < tests.getLength(); i++) {
      Element test = (Element) tests.item(i);
      seconds += Double.parseDouble(test.getAttribute("time").replace(",", ""));
      NodeList skips = test.getElementsByTagName("skipped");
      if (skips.getLength() > 0) {
        String why = ((Element) skips.item(0)).getAttribute("message");
        skipped.merge(why.isEmpty() ? "no reason given" : firstLine(why), 1, Integer::sum);
      } else {
        run++;
      }
      failed += test.getElementsByTagName("failure").getLength();
      failed += test.getElementsByTagName("error").getLength();
    }
    cases.add(new Case(suite.getAttribute("name"), seconds));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text).strip();
  }

  private boolean print() {
    cases.sort(Comparator.comparingDouble((Case one) -> -one.seconds()));
    System.out.println("slowest test classes:");
    for (Case one : cases.subList(0, Math.min(SLOWEST, cases.size()))) {
      System.out.printf("  %7.1f s  %s%n", one.seconds(), one.name());
    }
    String mode = System.getenv().getOrDefault("SELVEDGE_BUILD_MODE", "all");
    int seconds = Integer.parseInt(System.getenv().getOrDefault("SELVEDGE_BUILD_SECONDS", "0"));
    boolean kept = mode.equals("soak") || seconds <= BUDGET_SECONDS;
    System.out.printf("build took %d s of %d s%s%n", seconds, BUDGET_SECONDS, kept ? "" : ": over");
    int left = skipped.values().stream().mapToInt(Integer::intValue).sum();
    String why =
        skipped.isEmpty()
            ? ""
            : " ("
                + String.join(
                    "; ",
                    skipped.entrySet().stream().map(e -> e.getValue() + ": " + e.getKey()).toList())
                + ")";
    String failures = failed == 0 ? "" : ", failed " + failed;
    System.out.println("run " + run + failures + ", skipped " + left + why);
    return kept && run > 0;
  }
}
