/** What a ModelDeployment turns into, one class per object. */
@NullMarked
package dev.plimsoll.operator.desired;

import org.jspecify.annotations.NullMarked;
