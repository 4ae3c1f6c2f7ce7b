/** Answers that are held to a grammar while they are generated. */
@NullMarked
package dev.plimsoll.server.openai.structured;

import org.jspecify.annotations.NullMarked;
