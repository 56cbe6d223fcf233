package dev.selvedge.edge.waf.body;

import dev.selvedge.edge.waf.bytes.Bytes;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * An XML body read without DTDs and without external entities, bounded in depth and nodes.
 *
 * <p>The JDK's streaming reader does the lexing; a DOCTYPE is passed over and its entities give no
 * text, so neither XXE nor entity expansion can happen. Not thread-safe.
 */
public final class XmlBody {
  private static final int DEPTH_MAX = 512;
  private static final int NODES_MAX = 100_000;

  private static final XMLInputFactory FACTORY = factory();

  private final XmlNode document;

  private XmlBody(XmlNode document) {
    this.document = document;
  }

  private static XMLInputFactory factory() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
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

  /** The whole text, for tests and traces. */
  public byte[] text() {
    StringBuilder out = new StringBuilder();
    document.collectText(out);
    return Bytes.of(out.toString());
  }
}
