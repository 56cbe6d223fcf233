package dev.selvedge.edge.waf.body;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.jspecify.annotations.Nullable;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.ext.DefaultHandler2;

/**
 * What XML documents must look like: a W3C schema or a DTD. Nothing else is ever read for it,
 * neither what it includes nor what a document names, and a document's own DTD does not count.
 *
 * <p>The JDK's validators do the work, under their own limits of entities and depth. Thread-safe.
 */
public abstract sealed class XmlRules {
  private static final Pattern UNEXPECTED =
      Pattern.compile("element '(?:\\{\"([^\"]*)\":)?([^'}]*)}?'\\. (?:One of '\\{(.*)}' is)?");
  private static final Pattern ATTRIBUTE =
      Pattern.compile("The value '(.*)' of attribute '(.*)' on element '(.*)' is not valid");
  private static final Pattern UNDECLARED = Pattern.compile("Element type \"(.*)\" must be decl");

  /** The first problem of a well-formed document; null where there is none. */
  public abstract @Nullable XmlProblem check(byte[] document);

  /** A schema; one that does not parse lets no document pass. */
  public static XmlRules schema(String name, byte[] file) {
    try {
      SchemaFactory factory = SchemaFactory.newDefaultInstance();
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
      factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
      factory.setErrorHandler(new FirstProblem());
      return new OfSchema(factory.newSchema(new StreamSource(new ByteArrayInputStream(file))));
    } catch (SAXException e) {
      String text = "Failed to parse the XML resource '" + name + "'. " + e.getMessage();
      return new Broken(new XmlProblem(text, true));
    }
  }

  /** A DTD; one that does not parse lets no document pass. */
  public static XmlRules dtd(byte[] file) {
    OfDtd rules = new OfDtd(file);
    String any = "<!DOCTYPE any SYSTEM \"" + OfDtd.HERE + "\"><any/>";
    XmlProblem problem = rules.parse(any.getBytes(StandardCharsets.UTF_8));
    return problem != null && problem.inRules() ? new Broken(problem) : rules;
  }

  private static final class Broken extends XmlRules {
    private final XmlProblem problem;

    Broken(XmlProblem problem) {
      this.problem = problem;
    }

    @Override
    public XmlProblem check(byte[] document) {
      return problem;
    }
  }

  private static final class OfSchema extends XmlRules {
    private final Schema schema;

    OfSchema(Schema schema) {
      this.schema = schema;
    }

    @Override
    public @Nullable XmlProblem check(byte[] document) {
      try {
        Validator validator = schema.newValidator();
        validator.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        validator.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
        validator.setErrorHandler(new FirstProblem());
        validator.validate(
            new StreamSource(new ByteArrayInputStream(XmlBody.withDtd(document, null))));
        return null;
      } catch (SAXException | IOException | XMLStreamException e) {
        return new XmlProblem(worded(String.valueOf(e.getMessage())), false);
      }
    }
  }

  private static final class OfDtd extends XmlRules {
    private static final String HERE = "selvedge:rules.dtd";

    private final byte[] file;

    OfDtd(byte[] file) {
      this.file = file;
    }

    @Override
    public @Nullable XmlProblem check(byte[] document) {
      try {
        return parse(XmlBody.withDtd(document, HERE));
      } catch (XMLStreamException e) {
        return new XmlProblem(String.valueOf(e.getMessage()), false);
      }
    }

    /** Checks a document that is well formed, so that anything but its being invalid is ours. */
    @Nullable XmlProblem parse(byte[] document) {
      OwnDtd own = new OwnDtd();
      try {
        SAXParserFactory factory = SAXParserFactory.newDefaultInstance();
        factory.setValidating(true);
        XMLReader reader = factory.newSAXParser().getXMLReader();
        reader.setEntityResolver(own);
        reader.setErrorHandler(own);
        reader.parse(new InputSource(new ByteArrayInputStream(document)));
        return null;
      } catch (SAXParseException e) {
        return new XmlProblem(worded(String.valueOf(e.getMessage())), !own.invalid);
      } catch (SAXException | IOException | ParserConfigurationException e) {
        return new XmlProblem(String.valueOf(e.getMessage()), false);
      }
    }

    /** Gives out this DTD, and nothing to whoever asks for anything else. */
    private final class OwnDtd extends DefaultHandler2 {
      private boolean invalid;

      @Override
      public InputSource resolveEntity(
          @Nullable String name, @Nullable String publicId, @Nullable String base, String system) {
        boolean own = system.equals(HERE);
        InputSource source =
            new InputSource(own ? new ByteArrayInputStream(file) : InputStream.nullInputStream());
        source.setSystemId(system);
        return source;
      }

      @Override
      public void error(SAXParseException e) throws SAXParseException {
        invalid = true;
        throw e;
      }
    }
  }

  /** The first problem ends it. */
  private static final class FirstProblem extends DefaultHandler2 {
    @Override
    public void error(SAXParseException e) throws SAXParseException {
      if (!String.valueOf(e.getMessage()).startsWith("cvc-pattern-valid")) {
        throw e; // that one is told again with the attribute's name
      }
    }
  }

  private static String worded(String message) {
    Matcher undeclared = UNDECLARED.matcher(message);
    if (undeclared.find()) {
      return "No declaration for element " + undeclared.group(1);
    }
    Matcher unexpected = UNEXPECTED.matcher(message);
    if (message.startsWith("cvc-complex-type.2.4") && unexpected.find()) {
      String namespace = unexpected.group(1);
      String element = (namespace == null ? "" : "{" + namespace + "}") + unexpected.group(2);
      String expected = unexpected.group(3);
      String rest = expected == null ? "" : " Expected is one of ( " + expected + " ).";
      return "Element '" + element + "': This element is not expected." + rest;
    }
    Matcher attribute = ATTRIBUTE.matcher(message);
    if (attribute.find()) {
      return "Element '%s', attribute '%s': '%s' is not a valid value of the local atomic type."
          .formatted(attribute.group(3), attribute.group(2), attribute.group(1));
    }
    return message;
  }
}
