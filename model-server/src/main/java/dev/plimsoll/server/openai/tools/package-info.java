/** Calls of tools in the text that a model generates. */
@NullMarked
package dev.plimsoll.server.openai.tools;

import org.jspecify.annotations.NullMarked;
