package picture

import (
	"fmt"
	"strings"

	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

const (
	red    = 31
	green  = 32
	yellow = 33
	blue   = 34
	purple = 35
	cyan   = 36
	grey   = 90
)

// stuff is what fills a hull, and how it is drawn.
type stuff struct {
	plain string
	drawn string
	color int
	name  string
}

var (
	weights     = stuff{"W", "█", blue, "weights"}
	kvCache     = stuff{"K", "▓", cyan, "KV cache"}
	workspace   = stuff{"S", "▒", purple, "workspace of a step"}
	context     = stuff{"C", "▚", yellow, "context"}
	unaccounted = stuff{"#", "█", grey, "all else, or not told apart"}
	overLine    = stuff{"!", "█", red, "over the line"}
	free        = stuff{".", "░", grey, "free"}
	planLine    = stuff{"|", "┆", green, "plan"}
)

// layer is so much of something, from the bottom up.
type layer struct {
	of    stuff
	bytes int64
}

// hull is what a device holds, against its load line (the budget) and against what was planned.
type hull struct {
	name   string
	layers []layer
	budget api.Bytes
	plan   api.Bytes
}

func (h hull) total() int64 {
	var total int64
	for _, layer := range h.layers {
		total += layer.bytes
	}
	return total
}

// layersOf tells a total by kinds; what the kinds do not explain is of no kind.
func layersOf(kinds api.Kinds, total api.Bytes) []layer {
	var layers []layer
	rest := total.Value
	for _, kind := range []layer{
		{weights, kinds.Weights.Value},
		{kvCache, kinds.KVCache.Value},
		{workspace, kinds.Workspace.Value},
		{context, kinds.Context.Value},
	} {
		if kind.bytes > 0 {
			layers = append(layers, kind)
			rest -= kind.bytes
		}
	}
	if total.Known && rest > 0 {
		layers = append(layers, layer{unaccounted, rest})
	}
	return layers
}

// bar draws a hull so wide; the load line is its right end, or what is over it is marked.
func (p Page) bar(h hull, width int) string {
	total := h.total()
	scale := max(total, h.plan.Value, h.budget.Value, 1)
	cells := make([]stuff, 0, width)
	var below int64
	for _, layer := range h.layers {
		below += layer.bytes
		end := cell(below, scale, width)
		if len(cells) == 0 && end == 0 && below > 0 {
			end = 1
		}
		for len(cells) < end {
			cells = append(cells, layer.of)
		}
	}
	for len(cells) < width {
		cells = append(cells, free)
	}
	if h.budget.Known {
		for i := cell(h.budget.Value, scale, width); i < cell(total, scale, width); i++ {
			cells[i] = overLine
		}
	}
	if h.plan.Known && h.plan.Value > 0 {
		cells[min(cell(h.plan.Value, scale, width), width-1)] = planLine
	}
	return p.draw(cells)
}

// cell is the one that so many bytes reach to, rounded; no product overflows.
func cell(bytes, scale int64, width int) int {
	return max(0, min(width, int(float64(bytes)/float64(scale)*float64(width)+0.5)))
}

func (p Page) draw(cells []stuff) string {
	var text strings.Builder
	for start := 0; start < len(cells); {
		end := start
		for end < len(cells) && cells[end] == cells[start] {
			end++
		}
		glyph := cells[start].drawn
		if p.Plain {
			glyph = cells[start].plain
		}
		text.WriteString(p.colored(cells[start].color, strings.Repeat(glyph, end-start)))
		start = end
	}
	return text.String()
}

// amounts is what a hull holds, in figures.
func (h hull) amounts(of api.Bytes) string {
	text := of.String()
	if h.budget.Known {
		text += " of " + h.budget.String()
		if of.Known && of.Value > h.budget.Value {
			text += fmt.Sprintf(", %s over the line", api.Of(of.Value-h.budget.Value))
		}
	}
	return text
}

// Legend says what is drawn how.
func (p Page) Legend() {
	var parts []string
	for _, each := range []stuff{weights, kvCache, workspace, context, unaccounted, overLine, free, planLine} {
		parts = append(parts, p.draw([]stuff{each})+" "+each.name)
	}
	line := ""
	for _, part := range parts {
		if line != "" && visible(line)+2+visible(part) > p.Width {
			p.write(line)
			line = ""
		}
		if line != "" {
			line += "  "
		}
		line += part
	}
	p.write(line)
}

// visible is how many characters of a text are seen.
func visible(text string) int {
	count, hidden := 0, false
	for _, char := range text {
		switch {
		case char == '\x1b':
			hidden = true
		case hidden && char == 'm':
			hidden = false
		case !hidden:
			count++
		}
	}
	return count
}
