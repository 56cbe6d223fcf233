/** JMH benchmarks of single operations; each class has a {@code baseline} to compare with. */
@NullMarked
package dev.selvedge.bench.micro;

import org.jspecify.annotations.NullMarked;
