/** The read-only page: who may see which ModelDeployments, and what is sent to a browser. */
@NullMarked
package dev.plimsoll.operator.page;

import org.jspecify.annotations.NullMarked;
