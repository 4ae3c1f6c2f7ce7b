/** What is really used: the process, its container, its devices. */
@NullMarked
package dev.plimsoll.server.memory;

import org.jspecify.annotations.NullMarked;
