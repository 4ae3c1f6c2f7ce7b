/** What the nodes of the cluster have, and what of it is free. Pure. */
@NullMarked
package dev.plimsoll.operator.nodes;

import org.jspecify.annotations.NullMarked;
