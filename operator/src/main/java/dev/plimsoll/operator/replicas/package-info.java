/** What pods there are of a deployment: by ownership, not by label, and by the container that serves. Pure. */
@NullMarked
package dev.plimsoll.operator.replicas;

import org.jspecify.annotations.NullMarked;
