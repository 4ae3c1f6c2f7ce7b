/**
 * What a batch of sequences is to the model: a step, a paged KV cache, sampling parameters. Interfaces, records and plain
 * classes without libtorch: {@code runtime} implements {@link dev.plimsoll.server.engine.Engine}, {@code generation} asks
 * it.
 *
 * <p>Words: a <em>row</em> is one sequence's part of a step. A <em>decode row</em> is one token; a <em>prompt span</em> is
 * several consecutive tokens of a prompt (a chunk of its prefill). A <em>page</em> is {@link
 * dev.plimsoll.server.engine.KvCache#PAGE_TOKENS} consecutive tokens of the KV cache; a <em>block table</em> lists the
 * pages of a sequence in the order of its tokens.
 */
@NullMarked
package dev.plimsoll.server.engine;

import org.jspecify.annotations.NullMarked;
