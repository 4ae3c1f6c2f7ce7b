/** The contract: the {@code ModelDeployment} resource, API group {@code plimsoll.dev}, version {@code v1alpha1}. */
@NullMarked
package dev.plimsoll.api;

import org.jspecify.annotations.NullMarked;
