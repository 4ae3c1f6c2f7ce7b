/** The operator: makes what a ModelDeployment asks for and tells what came of it. */
@NullMarked
package dev.plimsoll.operator;

import org.jspecify.annotations.NullMarked;
