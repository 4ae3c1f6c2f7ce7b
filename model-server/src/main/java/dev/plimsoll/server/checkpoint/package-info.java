/** What is on disk: config, safetensors headers, byte ranges. Everything read here is untrusted. */
@NullMarked
package dev.plimsoll.server.checkpoint;

import org.jspecify.annotations.NullMarked;
