/** The model server: plans, loads, serves and reports. It never talks to the Kubernetes API. */
@NullMarked
package dev.plimsoll.server;

import org.jspecify.annotations.NullMarked;
