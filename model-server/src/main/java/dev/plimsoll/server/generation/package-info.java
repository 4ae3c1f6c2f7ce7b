/** From token ids to token ids: slots, steps, sampling, stop conditions. */
@NullMarked
package dev.plimsoll.server.generation;

import org.jspecify.annotations.NullMarked;
