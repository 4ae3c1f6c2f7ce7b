/** What pods say of themselves: asked for under supervision, checked before it is used, forgotten when too old. */
@NullMarked
package dev.plimsoll.operator.reports;

import org.jspecify.annotations.NullMarked;
