/**
 * Chat templates: an interpreter of the subset of Jinja2 that they are written in, with Python's values, as transformers
 * configures it (trimmed and left-stripped blocks, an immutable sandbox, {@code tojson} without HTML escapes).
 *
 * <p>Why not a library: a template's text is decided by Python (what {@code str} of a dict is, {@code x[::-1]},
 * {@code s.split('</think>')[-1]}, whether {@code none} equals an absent key), and Jinja2 is its only complete
 * definition. Jinjava evaluates expressions with Java's expression language on Java's values: configured as well as it
 * can be it renders 163 of 220 published chats, and the other 57 need the values and methods of Python. Pebble and the
 * other template engines of the JVM speak other languages that look alike. An interpreter inside this process may
 * moreover bound what a template does, and reaches no class, file or method, because it has none.
 *
 * <p>{@link dev.plimsoll.server.templates.Template} compiles a source once; rendering takes {@link
 * dev.plimsoll.server.templates.Value}s and gives text. What is printed is never interpreted again.
 */
@NullMarked
package dev.plimsoll.server.templates;

import org.jspecify.annotations.NullMarked;
