/**
 * How keys are described and how a block is read by its description: nothing here knows a key by
 * name.
 */
@NullMarked
package dev.selvedge.edge.config.schema;

import org.jspecify.annotations.NullMarked;
