package dev.selvedge.edge.agents.denylist;

import dev.selvedge.edge.config.kdl.Place;
import dev.selvedge.edge.config.schema.Key;
import dev.selvedge.edge.config.schema.Section;
import dev.selvedge.edge.config.value.Ref;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Denylist's block, with its files as they were when it was read.
 *
 * @param files what keeps the rules fresh; belongs to one reader
 * @param rules in force until a file changes
 * @param status of refusals
 */
public record DenylistSettings(ListFiles files, DenyRules rules, int status) {

  /** Reads the block and its files; whatever is wrong with either is reported. */
  public static DenylistSettings decode(Section section) {
    DenyLists written = new DenyLists();
    section.all(DenylistKeys.ADDRESS).forEach(written::addresses);
    section.all(DenylistKeys.PATH).forEach(it -> written.patterns(DenyLists.Kind.PATH, it));
    section
        .all(DenylistKeys.USER_AGENT)
        .forEach(it -> written.patterns(DenyLists.Kind.USER_AGENT, it));
    List<ListFile> files = new ArrayList<>();
    add(section, DenylistKeys.ADDRESS_FILE, DenyLists.Kind.ADDRESS, files);
    add(section, DenylistKeys.PATH_FILE, DenyLists.Kind.PATH, files);
    add(section, DenylistKeys.USER_AGENT_FILE, DenyLists.Kind.USER_AGENT, files);
    ListFiles fresh = new ListFiles(written, files);
    ListFiles.Reading reading = fresh.read();
    reading.problems().forEach(it -> section.report().problem(it.place(), it.message()));
    if (reading.excess() != null) {
      section.report().problem(section.place(), "denylist has " + reading.excess());
    }
    return new DenylistSettings(fresh, reading.rules(), section.get(DenylistKeys.STATUS));
  }

  private static void add(
      Section section, Key<Ref> key, DenyLists.Kind kind, List<ListFile> files) {
    for (Ref file : section.all(key)) {
      Place place = file.place();
      try {
        Path path = place.source().folder().resolve(file.name()).normalize();
        files.add(new ListFile(kind, file.name(), path, place));
      } catch (InvalidPathException notOne) {
        section.report().problem(place, "this is not a path: " + notOne.getReason());
      }
    }
  }
}
