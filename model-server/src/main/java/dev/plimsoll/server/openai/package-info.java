/** The OpenAI API as records: requests with their validation, answers and their parts; no transport. */
@NullMarked
package dev.plimsoll.server.openai;

import org.jspecify.annotations.NullMarked;
