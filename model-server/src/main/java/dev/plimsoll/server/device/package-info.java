/** Where tensors live and compute, as the layers above see it. */
@NullMarked
package dev.plimsoll.server.device;

import org.jspecify.annotations.NullMarked;
