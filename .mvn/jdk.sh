# Sourced by ./build and ./selvedge: exports JAVA_HOME for a JDK 25, or ends with one clear line and exit code 2.
# A folder counts when its `release` file says JAVA_VERSION="25…" and it has a compiler.
selvedge_is_jdk25() {
  [ -n "$1" ] && [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[.+"]' "$1/release" 2>/dev/null
}

selvedge_find_jdk25() {
  local on_path home
  if selvedge_is_jdk25 "${JAVA_HOME-}"; then return 0; fi
  on_path=$(command -v javac 2>/dev/null || true)
  if [ -n "$on_path" ]; then on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")"); fi
  for candidate in "$on_path" \
    /usr/lib/jvm/* /usr/java/* /usr/local/java/* /usr/local/jdk* /usr/local/lib/jvm/* /opt/java/* /opt/jdk* /opt/*jdk* \
    "${HOME-/nonexistent}"/.sdkman/candidates/java/* "${HOME-/nonexistent}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if selvedge_is_jdk25 "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  echo "selvedge needs JDK 25 and found none in JAVA_HOME, on the path or in the usual folders; install one (Debian: temurin-25-jdk or openjdk-25-jdk) or set JAVA_HOME" >&2
  exit 2
}

selvedge_find_jdk25
