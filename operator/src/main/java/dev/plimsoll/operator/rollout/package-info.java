/** How a changed spec reaches pods: revisions, plans, and whose turn it is. Pure; what it decides from stands in the cluster. */
@NullMarked
package dev.plimsoll.operator.rollout;

import org.jspecify.annotations.NullMarked;
