/** The command line: serve, plan, inspect. */
@NullMarked
package dev.plimsoll.server.cli;

import org.jspecify.annotations.NullMarked;
