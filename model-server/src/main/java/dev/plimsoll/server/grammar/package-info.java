/**
 * Grammars of texts as bytes, among them those of JSON schemas, and which tokens of a vocabulary may come next in a text
 * of one (constrained decoding). Depends on nothing else of this program.
 */
@NullMarked
package dev.plimsoll.server.grammar;

import org.jspecify.annotations.NullMarked;
