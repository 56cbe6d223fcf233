/** The admin listener: health, metrics, decisions, the configuration in force, reload. */
@NullMarked
package dev.selvedge.app.admin;

import org.jspecify.annotations.NullMarked;
