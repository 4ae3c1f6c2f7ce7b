/**
 * Bytes to devices: staging buffers, copy streams with their events, copiers that cast where the bytes arrive.
 */
@NullMarked
package dev.plimsoll.server.runtime.copying;

import org.jspecify.annotations.NullMarked;
