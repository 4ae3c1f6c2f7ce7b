/**
 * libtorch by way of DJL and of its own C interface: its libraries, TorchScript modules that Java writes, and tensors that
 * it computes with.
 */
@NullMarked
package dev.plimsoll.server.runtime.torch;

import org.jspecify.annotations.NullMarked;
