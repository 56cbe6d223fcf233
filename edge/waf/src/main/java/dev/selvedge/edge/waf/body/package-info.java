/** Bounded body parsers: urlencoded, multipart, JSON, XML. */
@NullMarked
package dev.selvedge.edge.waf.body;

import org.jspecify.annotations.NullMarked;
