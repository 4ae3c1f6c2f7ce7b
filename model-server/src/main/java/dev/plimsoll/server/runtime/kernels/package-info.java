/**
 * Dense decoders on one NVIDIA GPU by kernels of our own: a step is a list of kernels and matrix products on one stream, a
 * decode step one captured graph. What it serves, {@link dev.plimsoll.server.runtime.kernels.DenseShape} says.
 */
@NullMarked
package dev.plimsoll.server.runtime.kernels;

import org.jspecify.annotations.NullMarked;
