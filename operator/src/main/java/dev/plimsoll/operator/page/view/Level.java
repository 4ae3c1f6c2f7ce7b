package dev.plimsoll.operator.page.view;

/** Where the waterline stands against the load line: measured bytes, or planned ones where none are measured. */
public enum Level {
    Below,
    At,
    Over,
    Unknown
}
