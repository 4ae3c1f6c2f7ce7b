/**
 * What a batch of sequences is to the model: a step, a paged KV cache, sampling parameters. Interfaces and records alone:
 * {@code runtime} implements them, {@code generation} asks them.
 */
@NullMarked
package dev.plimsoll.server.engine;

import org.jspecify.annotations.NullMarked;
