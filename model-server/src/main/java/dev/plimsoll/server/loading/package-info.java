/** Byte ranges of a checkpoint into the tensors of devices, through bounded staging. */
@NullMarked
package dev.plimsoll.server.loading;

import org.jspecify.annotations.NullMarked;
