package dev.selvedge.edge.waf.engine;

import dev.selvedge.edge.waf.body.XmlBody;
import dev.selvedge.edge.waf.filter.FilterScan;
import dev.selvedge.edge.waf.filter.RuleFilter;
import dev.selvedge.edge.waf.plan.ValueClasses;
import dev.selvedge.edge.waf.variable.Fields;
import dev.selvedge.edge.waf.variable.Marks;
import dev.selvedge.edge.waf.variable.Variable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rules the values of a request, or of an answer, may match; grows with the values.
 *
 * <p>Not thread-safe: it belongs to one transaction at a time.
 */
final class ValueMarks {
  private static final int VARIABLES = Variable.values().length;

  private final RuleFilter filter;
  private final ValueClasses classes;
  private final @Nullable Marks[] byVariable = new @Nullable Marks[VARIABLES];
  private final long[] needed;
  private boolean headRead;
  private byte @Nullable [] bodyRead;
  private @Nullable XmlBody xmlRead;

  ValueMarks(RuleFilter filter, ValueClasses classes) {
    this.filter = filter;
    this.classes = classes;
    needed = new long[filter.words()];
  }

  /** The rules that any value may match, as bits. */
  long[] needed() {
    return needed;
  }

  /** Whether any value may match the rule. */
  boolean needs(int rule) {
    return (needed[rule >> 6] >>> rule & 1) != 0;
  }

  /** What is known of a variable's values; null where nothing is. */
  @Nullable Marks of(Variable variable) {
    return byVariable[variable.ordinal()];
  }

  /** Lets go of all values, to be used for another transaction. */
  void forget() {
    headRead = false;
    bodyRead = null;
    xmlRead = null;
    Arrays.fill(needed, 0);
    for (Marks marks : byVariable) {
      if (marks != null) {
        marks.clear();
      }
    }
  }

  private Marks marks(Variable variable) {
    Marks marks = byVariable[variable.ordinal()];
    if (marks == null) {
      marks = new Marks(filter.words());
      byVariable[variable.ordinal()] = marks;
    }
    return marks;
  }

  /**
   * Reads the values that are new.
   *
   * @param body of the request or the answer, as rules see it
   */
  @SuppressWarnings("ReferenceEquality") // another array or document is what is asked for
  void read(State s, FilterScan scan, byte[] body, @Nullable XmlBody xml) {
    if (!headRead) {
      headRead = true;
      scalars(classes.headScalars(), s, scan);
    }
    if (body != bodyRead) {
      bodyRead = body;
      scalars(classes.bodyScalars(), s, scan);
    }
    List<ValueClasses.Entry> fields = classes.fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).looked()) {
        fields(fields.get(i), s, scan);
      }
    }
    if (xml != null && xml != xmlRead) {
      xmlRead = xml;
      for (ValueClasses.XmlValues values : classes.xml()) {
        for (byte[] value : xml.select(values.path(), s.xmlNamespaces)) {
          scan.mark(values.valueClass(), value, needed, 0);
        }
      }
    }
  }

  private void scalars(List<ValueClasses.Entry> entries, State s, FilterScan scan) {
    for (int i = 0; i < entries.size(); i++) {
      ValueClasses.Entry entry = entries.get(i);
      byte[] value = entry.looked() ? VariableTable.scalar(s, entry.variable()) : null;
      if (value != null) {
        Marks marks = marks(entry.variable());
        marks.clear(); // the body of a request that is read again
        marks.ensure(1);
        mark(entry.valueClass(), value, marks, scan);
      }
    }
  }

  private void fields(ValueClasses.Entry entry, State s, FilterScan scan) {
    Fields fields = VariableTable.fields(s, entry.variable());
    if (fields == null || fields.size() == 0) {
      return;
    }
    Marks marks = marks(entry.variable());
    marks.ensure(fields.size());
    boolean names = VariableTable.showsNames(entry.variable());
    for (int i = marks.size(); i < fields.size(); i++) {
      int valueClass = entry.valueClass(fields.name(i), fields.hash(i));
      mark(valueClass, names ? fields.name(i) : fields.value(i), marks, scan);
    }
  }

  private void mark(int valueClass, byte[] value, Marks marks, FilterScan scan) {
    int at = marks.add();
    if (!filter.looksAt(valueClass)) {
      return;
    }
    long[] bits = marks.bits();
    scan.mark(valueClass, value, bits, at);
    for (int i = 0; i < needed.length; i++) {
      needed[i] |= bits[at + i];
    }
  }
}
