/** Text to token ids and back; chat messages to text. */
@NullMarked
package dev.plimsoll.server.tokenization;

import org.jspecify.annotations.NullMarked;
