/** Pure functions from observations to conditions, summaries and counts. */
@NullMarked
package dev.plimsoll.operator.status;

import org.jspecify.annotations.NullMarked;
