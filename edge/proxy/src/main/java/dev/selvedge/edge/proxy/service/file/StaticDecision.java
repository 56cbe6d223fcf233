package dev.selvedge.edge.proxy.service.file;

import org.jspecify.annotations.Nullable;

/** What answers a request for a file: decided from facts alone, without I/O. Immutable. */
sealed interface StaticDecision {

  /** 404. */
  record NotFound() implements StaticDecision {}

  /** 308 to the same path with a slash behind it. */
  record AddSlash() implements StaticDecision {}

  /** 412. */
  record Failed() implements StaticDecision {}

  /** 304. */
  record NotModified(Representation selected) implements StaticDecision {}

  /** 416. */
  record Unsatisfiable(long size) implements StaticDecision {}

  /** 200, all bytes. */
  record Whole(Representation selected) implements StaticDecision {}

  /** 206, some bytes. */
  record Part(Representation selected, ByteRange range) implements StaticDecision {}

  /**
   * Decides in the order of RFC 9110: which representation (12.5.3), its preconditions (13.2.2),
   * then the range of what was selected (14.2), coded or not.
   */
  static StaticDecision decide(StaticRequest request, Found found) {
    return switch (found) {
      case Found.Nothing nothing -> new NotFound();
      case Found.Folder folder -> new AddSlash();
      case Found.File file -> decide(request, select(request, file));
    };
  }

  private static StaticDecision decide(StaticRequest request, Representation selected) {
    return switch (Preconditions.evaluate(request, selected)) {
      case FAILED -> new Failed();
      case NOT_MODIFIED -> new NotModified(selected);
      case HOLD -> ranged(request, selected);
    };
  }

  private static Representation select(StaticRequest request, Found.File file) {
    Coding coding = request.accepted().choose(file.coded().keySet());
    Found.Facts copy = coding == null ? null : file.coded().get(coding);
    Found.Facts facts = copy == null ? file.plain() : copy;
    MediaType type = MediaType.of(file.name());
    return new Representation(file.name(), type, coding, facts.size(), facts.modified());
  }

  /** Range is defined for GET alone; several ranges, or a changed file, get the whole. */
  private static StaticDecision ranged(StaticRequest request, Representation selected) {
    String range = request.range();
    if (range == null || request.headOnly() || !Preconditions.rangeHolds(request, selected)) {
      return new Whole(selected);
    }
    return switch (ByteRange.parse(range, selected.size())) {
      case ByteRange.Asked.Ignored ignored -> new Whole(selected);
      case ByteRange.Asked.Unsatisfiable none -> new Unsatisfiable(selected.size());
      case ByteRange.Asked.Bytes bytes -> new Part(selected, bytes.range());
    };
  }

  /** What is sent or confirmed; null where nothing is. */
  default @Nullable Representation representation() {
    return switch (this) {
      case NotFound none -> null;
      case AddSlash none -> null;
      case Failed none -> null;
      case Unsatisfiable none -> null;
      case NotModified same -> same.selected();
      case Whole whole -> whole.selected();
      case Part part -> part.selected();
    };
  }
}
