/** Ways to answer that several services share. */
@NullMarked
package dev.selvedge.edge.proxy.service.answer;

import org.jspecify.annotations.NullMarked;
