/**
 * How steps run, by what it does. Each package uses those before it, and kernels use none of them: {@link
 * dev.plimsoll.server.runtime.torch}, {@link dev.plimsoll.server.runtime.copying}, {@link
 * dev.plimsoll.server.runtime.devices}, {@link dev.plimsoll.server.runtime.kernels}, {@link
 * dev.plimsoll.server.runtime.execution}. Here alone is libtorch; only tokenization uses DJL, too.
 */
@NullMarked
package dev.plimsoll.server.runtime;

import org.jspecify.annotations.NullMarked;
