/** The OpenAI API, and the management endpoints. */
@NullMarked
package dev.plimsoll.server.http;

import org.jspecify.annotations.NullMarked;
