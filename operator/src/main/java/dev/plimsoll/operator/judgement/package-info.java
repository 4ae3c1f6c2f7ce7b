/** What follows from evidence: conditions, counts, details and news, by one table. Pure. */
@NullMarked
package dev.plimsoll.operator.judgement;

import org.jspecify.annotations.NullMarked;
