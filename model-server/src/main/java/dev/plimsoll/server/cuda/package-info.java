/** The NVIDIA driver and its management library, called from Java; no C is written for it. */
@NullMarked
package dev.plimsoll.server.cuda;

import org.jspecify.annotations.NullMarked;
