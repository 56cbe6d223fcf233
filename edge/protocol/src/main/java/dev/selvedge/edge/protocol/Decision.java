package dev.selvedge.edge.protocol;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An agent's advice on the request or on the response: verdict, changes to fields, and why.
 * Immutable.
 */
public record Decision(Verdict verdict, List<Mutation> mutations, Audit audit) {

  /** The plain one; decoding it allocates nothing. */
  public static final Decision ALLOW = new Decision(new Verdict.Allow(), List.of(), Audit.NONE);

  public static final Decision NEEDS_MORE =
      new Decision(new Verdict.NeedsMore(), List.of(), Audit.NONE);

  public Decision {
    mutations = List.copyOf(mutations);
  }

  public static Decision of(Verdict verdict) {
    return new Decision(verdict, List.of(), Audit.NONE);
  }

  public static Decision block(int status, String text) {
    return of(new Verdict.Block(Answer.text(status, text)));
  }

  public static Decision redirect(int status, String location) {
    List<Field> fields = List.of(new Field("location", location));
    return of(new Verdict.Redirect(new Answer(status, fields, new byte[0])));
  }

  /** A 401 that names the scheme. */
  public static Decision challenge(String wwwAuthenticate) {
    List<Field> fields = List.of(new Field("www-authenticate", wwwAuthenticate));
    byte[] body = "Authentication is required.\n".getBytes(StandardCharsets.UTF_8);
    return of(new Verdict.Challenge(new Answer(401, fields, body)));
  }

  public Decision with(Mutation... more) {
    List<Mutation> all = new ArrayList<>(mutations);
    all.addAll(Arrays.asList(more));
    return new Decision(verdict, all, audit);
  }

  public Decision with(Audit reasons) {
    return new Decision(verdict, mutations, reasons);
  }

  /** Whether it equals {@link #ALLOW}. */
  public boolean isPlainAllow() {
    return verdict instanceof Verdict.Allow && mutations.isEmpty() && audit.isNone();
  }
}
