/**
 * Every key of the configuration: one visible list a block, each key with its type, default, range,
 * meaning and proof. A block is read by its list and by nothing else, so that what is documented
 * and what is accepted cannot differ.
 */
@NullMarked
package dev.selvedge.edge.config.key;

import org.jspecify.annotations.NullMarked;
