/** One server from start to drain: plan, open, load, warm up, serve; and what it says about itself meanwhile. */
@NullMarked
package dev.plimsoll.server.lifecycle;

import org.jspecify.annotations.NullMarked;
