package dev.selvedge.edge.waf.operator;

import dev.selvedge.edge.waf.body.XmlProblem;
import dev.selvedge.edge.waf.body.XmlRules;

/**
 * {@code @validateDTD} and {@code @validateSchema}: they match an XML body that the file does not
 * allow, and one that cannot be checked.
 *
 * <p>The file is read once, when the rules are loaded. Immutable.
 */
final class XmlOperators {
  private static final int ERROR = 4;

  private XmlOperators() {}

  static Operator schema(String name, Operators.Files files) {
    XmlRules rules = XmlRules.schema(name, files.read(name));
    return (_, context) -> matches(rules, context, "Schema", "Schema: ", name);
  }

  static Operator dtd(String name, Operators.Files files) {
    XmlRules rules = XmlRules.dtd(files.read(name));
    return (_, context) -> matches(rules, context, "DTD", "DTD: ", name);
  }

  private static boolean matches(
      XmlRules rules, Operator.Context context, String kind, String what, String name) {
    if (!context.readsXmlFiles()) {
      context.trace().line(ERROR, "XML: Failed to load " + what + name);
      return true;
    }
    byte[] document = context.xmlDocument();
    if (document == null) {
      context
          .trace()
          .line(ERROR, "XML: " + kind + " validation failed because content is not well formed.");
      return true;
    }
    XmlProblem problem = rules.check(document);
    if (problem == null) {
      context.trace().line(ERROR, "XML: Successfully validated payload against " + what + name);
      return false;
    }
    String error = "XML Error: " + problem.text();
    context
        .trace()
        .line(
            ERROR, problem.inRules() ? "XML: Failed to load " + what + name + ". " + error : error);
    return true;
  }
}
