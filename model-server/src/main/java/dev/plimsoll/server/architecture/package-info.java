/** What a {@code model_type} means: its module tree, and the tensors that its TorchScript source takes. */
@NullMarked
package dev.plimsoll.server.architecture;

import org.jspecify.annotations.NullMarked;
