/** What is seen of the pods: their state as Kubernetes tells it, and their own reports, which are untrusted. */
@NullMarked
package dev.plimsoll.operator.observe;

import org.jspecify.annotations.NullMarked;
