/** Which module lives where and how many bytes that takes, decided from headers alone. */
@NullMarked
package dev.plimsoll.server.placement;

import org.jspecify.annotations.NullMarked;
