"""Tables that put the ratio first."""


class Table:
    """Rows of Plimsoll's value beside the peer's; a ratio above 1 is in Plimsoll's favour."""

    def __init__(self, title):
        self.title = title
        self.rows = []

    def add(self, what, ours, theirs, more_is_better=False, unit="{:.2f}"):
        self.rows.append((ratio(ours, theirs, more_is_better), what, shown(ours, unit), shown(theirs, unit)))

    def markdown(self):
        lines = [f"### {self.title}", "", "| ratio | | Plimsoll | transformers |", "|---:|---|---:|---:|"]
        lines += ["| " + " | ".join(row) + " |" for row in self.rows]
        return "\n".join(lines) + "\n"

    def text(self):
        widths = (8, 44, 14, 14)
        heads = ("ratio", "", "Plimsoll", "transformers")
        return "\n".join([self.title] + [_line(row, widths) for row in [heads, *self.rows]])


def ratio(ours, theirs, more_is_better):
    if not ours or not theirs:
        return "-"
    return f"{ours / theirs if more_is_better else theirs / ours:.2f}x"


def shown(value, unit):
    return "-" if value is None else unit.format(value)


def _line(row, widths):
    first, what, *values = row
    return first.rjust(widths[0]) + "  " + what.ljust(widths[1]) + "".join(v.rjust(w) for v, w in zip(values, widths[2:]))
