package dev.selvedge.edge.proxy.service.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links are not followed, even where one takes a file's place after it was looked up. */
class FolderTest {

  @TempDir Path root;

  @Test
  void followsNoLink() throws Exception {
    Path secret =
        Files.writeString(Files.createDirectory(root.resolve("outside")).resolve("s"), "s");
    Path inside = Files.createDirectory(root.resolve("inside"));
    Files.createSymbolicLink(inside.resolve("file"), secret);
    Files.createSymbolicLink(inside.resolve("folder"), secret.getParent());
    try (Folder folder = Folder.open(inside)) {
      assertThat(folder.lookUp("file")).isNotNull().matches(found -> found.isSymbolicLink());
      assertThatThrownBy(() -> folder.read("file")).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> folder.enter("folder")).isInstanceOf(IOException.class);
    }
  }
}
