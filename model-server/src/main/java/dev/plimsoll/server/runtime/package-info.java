/** The only package that touches DJL and libtorch. */
@NullMarked
package dev.plimsoll.server.runtime;

import org.jspecify.annotations.NullMarked;
