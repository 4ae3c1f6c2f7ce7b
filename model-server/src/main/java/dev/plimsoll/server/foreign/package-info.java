/** C functions of shared libraries, called from Java. */
@NullMarked
package dev.plimsoll.server.foreign;

import org.jspecify.annotations.NullMarked;
