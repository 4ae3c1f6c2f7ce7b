/**
 * What runs the steps of a model: its tensors by unit, TorchScript with weights that stay or are streamed, or kernels of
 * our own, and the choice between them.
 */
@NullMarked
package dev.plimsoll.server.runtime.execution;

import org.jspecify.annotations.NullMarked;
