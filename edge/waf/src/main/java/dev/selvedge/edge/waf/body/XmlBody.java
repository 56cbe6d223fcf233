package dev.selvedge.edge.waf.body;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.xml.XMLConstants;
import javax.xml.namespace.QName;
import javax.xml.stream.XMLEventFactory;
import javax.xml.stream.XMLEventReader;
import javax.xml.stream.XMLEventWriter;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.events.XMLEvent;
import org.jspecify.annotations.Nullable;

/**
 * An XML body read without external entities and external DTDs, bounded in depth and nodes.
 *
 * <p>The JDK's streaming reader does the lexing. Entities that the document itself declares are put
 * in, as a server behind would do, so that no attack hides in them; more than {@value
 * #ENTITIES_MAX} of them, or {@value #ENTITY_BYTES_MAX} characters in all, break the body. Not
 * thread-safe.
 */
public final class XmlBody {
  private static final int DEPTH_MAX = 200;
  private static final int NODES_MAX = 100_000;
  private static final int ENTITIES_MAX = 1_000;
  private static final int ENTITY_BYTES_MAX = 100_000;

  private static final XMLInputFactory FACTORY = factory();
  private static final XMLEventFactory EVENTS = XMLEventFactory.newDefaultFactory();

  private final XmlNode document;

  private XmlBody(XmlNode document) {
    this.document = document;
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, true);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setProperty("http://java.sun.com/xml/stream/properties/ignore-external-dtd", true);
    factory.setProperty("jdk.xml.maxElementDepth", DEPTH_MAX);
    factory.setProperty("jdk.xml.entityExpansionLimit", ENTITIES_MAX);
    factory.setProperty("jdk.xml.totalEntitySizeLimit", ENTITY_BYTES_MAX);
    factory.setProperty("jdk.xml.maxGeneralEntitySizeLimit", ENTITY_BYTES_MAX);
    factory.setXMLResolver((_, _, _, _) -> InputStream.nullInputStream());
    factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
    return factory;
  }

  /** The parsed body; null where it is not well formed or over its bounds. */
  public static @Nullable XmlBody parse(byte[] in) {
    try {
      XMLStreamReader reader;
      synchronized (FACTORY) {
        reader = FACTORY.createXMLStreamReader(new ByteArrayInputStream(in));
      }
      return new XmlBody(read(reader));
    } catch (XMLStreamException | RuntimeException e) {
      return null;
    }
  }

  private static XmlNode read(XMLStreamReader reader) throws XMLStreamException {
    XmlNode document = new XmlNode("", "");
    Deque<XmlNode> open = new ArrayDeque<>();
    open.push(document);
    int nodes = 0;
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          XmlNode node = element(reader);
          nodes += 1 + node.attributes.size();
          if (nodes > NODES_MAX || open.size() > DEPTH_MAX) {
            throw new XMLStreamException("over the bounds");
          }
          open.getFirst().child(node);
          open.push(node);
        }
        case XMLStreamConstants.END_ELEMENT -> open.pop();
        case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
            open.getFirst().text(reader.getText());
        default -> {}
      }
    }
    return document;
  }

  private static XmlNode element(XMLStreamReader reader) {
    String namespace = reader.getNamespaceURI();
    XmlNode node = new XmlNode(namespace == null ? "" : namespace, reader.getLocalName());
    for (int i = 0; i < reader.getAttributeCount(); i++) {
      String name = reader.getAttributeLocalName(i);
      node.attributes.add(new XmlNode.Attribute(name, reader.getAttributeValue(i)));
    }
    return node;
  }

  /** The same document with another DTD or none, entities put in. */
  static byte[] withDtd(byte[] document, @Nullable String systemId) throws XMLStreamException {
    XMLEventReader reader;
    synchronized (FACTORY) {
      reader = FACTORY.createXMLEventReader(new ByteArrayInputStream(document));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(document.length);
    XMLEventWriter writer = XMLOutputFactory.newDefaultFactory().createXMLEventWriter(out, "UTF-8");
    String dtd = systemId;
    while (reader.hasNext()) {
      XMLEvent event = reader.nextEvent();
      if (dtd != null && event.isStartElement()) {
        QName root = event.asStartElement().getName();
        String prefix = root.getPrefix().isEmpty() ? "" : root.getPrefix() + ":";
        String name = prefix + root.getLocalPart();
        writer.add(EVENTS.createDTD("<!DOCTYPE " + name + " SYSTEM \"" + dtd + "\">"));
        dtd = null;
      }
      if (event.getEventType() != XMLStreamConstants.DTD
          && event.getEventType() != XMLStreamConstants.START_DOCUMENT) {
        writer.add(event);
      }
    }
    writer.flush();
    return out.toByteArray();
  }

  /**
   * The values that a path chooses, as bytes in UTF-8.
   *
   * @param namespaces prefixes that the path may use
   */
  public List<byte[]> select(XmlPath path, Map<String, String> namespaces) {
    return path.select(document, namespaces).stream()
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  /** Whether the name of an element or attribute is one of those. */
  public boolean anyName(Predicate<String> those) {
    Deque<XmlNode> left = new ArrayDeque<>();
    left.push(document);
    while (!left.isEmpty()) {
      XmlNode node = left.pop();
      if (those.test(node.name)
          || node.attributes.stream().anyMatch(attribute -> those.test(attribute.name()))) {
        return true;
      }
      node.children.forEach(left::push);
    }
    return false;
  }

  /** The whole text, for tests and traces. */
  public byte[] text() {
    StringBuilder out = new StringBuilder();
    document.collectText(out);
    return Bytes.of(out.toString());
  }
}
