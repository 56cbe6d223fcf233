/**
 * From a file to a checked configuration, or to all its problems: files and includes are read, the
 * environment is filled in, blocks are decoded into records, and what contradicts is found.
 */
@NullMarked
package dev.selvedge.edge.config.load;

import org.jspecify.annotations.NullMarked;
