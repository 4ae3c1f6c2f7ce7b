/** What the page shows of a ModelDeployment, as values made from the object alone. */
@NullMarked
package dev.plimsoll.operator.page.view;

import org.jspecify.annotations.NullMarked;
