/** What one server process says about itself, served as JSON at {@code /placement}. Memory is bytes. */
@NullMarked
package dev.plimsoll.api.report;

import org.jspecify.annotations.NullMarked;
