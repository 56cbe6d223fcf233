/** Files below a folder: from a path to a name, to an open file, to a decision, to bytes. */
@NullMarked
package dev.selvedge.edge.proxy.service.file;

import org.jspecify.annotations.NullMarked;
