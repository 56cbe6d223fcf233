/** What may stand behind a key: units, words, addresses, paths, patterns, fields. */
@NullMarked
package dev.selvedge.edge.config.value;

import org.jspecify.annotations.NullMarked;
