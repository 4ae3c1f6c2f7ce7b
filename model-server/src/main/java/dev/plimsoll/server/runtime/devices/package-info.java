/**
 * The host, emulated and NVIDIA GPUs: where their tensors lie, and what is used of them.
 */
@NullMarked
package dev.plimsoll.server.runtime.devices;

import org.jspecify.annotations.NullMarked;
