package dev.selvedge.edge.agents.denylist;

import dev.selvedge.edge.config.kdl.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Knows when the files of a denylist have to be read again: once one has changed, and then not
 * changed any further between two looks, so that a file that is being written is left alone. All
 * are read together, so that an entry moved from one to another is never missing. Not thread-safe.
 */
final class ListFiles {

  /** Something wrong with a file, and where that file is named. */
  record Wrong(Place place, String message) {}

  /**
   * All lists as they are now.
   *
   * @param rules complete only where nothing is wrong
   * @param excess what is over a bound, in words; null where nothing is
   */
  record Reading(DenyRules rules, List<Wrong> problems, @Nullable String excess) {

    boolean sound() {
      return problems.isEmpty() && excess == null;
    }
  }

  private final DenyLists written;
  private final List<ListFile> files;
  private List<String> read = List.of();
  private List<String> seen = List.of();

  ListFiles(DenyLists written, List<ListFile> files) {
    this.written = written;
    this.files = List.copyOf(files);
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  /** Reads all, changed or not. */
  Reading read() {
    read = states(); // Before the reading: what changes meanwhile is read once more.
    seen = read;
    DenyLists all = new DenyLists();
    all.addAll(written);
    List<Wrong> problems = new ArrayList<>();
    for (ListFile file : files) {
      file.read(all).forEach(message -> problems.add(new Wrong(file.place(), message)));
    }
    return new Reading(all.rules(), problems, all.excess());
  }

  /** Reads all if it is time to; null where it is not. */
  @Nullable Reading look() {
    List<String> now = states();
    boolean still = now.equals(seen);
    seen = now;
    return still && !now.equals(read) ? read() : null;
  }

  private List<String> states() {
    return files.stream().map(ListFile::state).toList();
  }
}
