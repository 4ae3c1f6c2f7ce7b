/** What a {@code ModelDeployment} is: facts, plan, replicas, conditions. */
@NullMarked
package dev.plimsoll.api.status;

import org.jspecify.annotations.NullMarked;
