/** From a ModelDeployment to its objects and back to its status. */
@NullMarked
package dev.plimsoll.operator.reconciler;

import org.jspecify.annotations.NullMarked;
