// Package picture draws ModelDeployments for people: hulls with their load lines, as wide as the terminal.
package picture

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"
)

const (
	// fallbackWidth is that of output that goes to no terminal.
	fallbackWidth = 100
	narrowest     = 40
	roomForWords  = 30
	// below is how far words are indented that found no room behind their head.
	below = 4
)

// Page is what is drawn on.
type Page struct {
	Out io.Writer
	// Width is how many characters a line has.
	Width int
	// Plain is ASCII without colours.
	Plain bool
}

// NewPage is a page for an output: plain where it is no terminal or NO_COLOR is set.
func NewPage(out io.Writer) Page {
	page := Page{Out: out, Width: fallbackWidth, Plain: true}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		page.Width = max(columns, narrowest)
	}
	file, isFile := out.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return page
	}
	page.Plain = os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb"
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		page.Width = max(width, narrowest)
	}
	return page
}

// IsTerminal is whether somebody looks at it who sees what is drawn over.
func IsTerminal(out io.Writer) bool {
	file, isFile := out.(*os.File)
	return isFile && term.IsTerminal(int(file.Fd()))
}

// Line writes a line, cut at the width.
func (p Page) Line(format string, args ...any) {
	p.write(cut(strings.TrimRight(fmt.Sprintf(format, args...), " "), p.Width))
}

// Text writes words, in as many lines as they need, each indented so far.
func (p Page) Text(indent int, words string) {
	if words == "" {
		return
	}
	p.Hanging(strings.Repeat(" ", indent), words)
}

// Hanging writes words behind a head; further lines begin below the first word, where that leaves room for words.
func (p Page) Hanging(head, words string) {
	length := len([]rune(head))
	if room := p.Width - length; strings.TrimSpace(head) != "" && room < roomForWords && room < len([]rune(words)) {
		for _, line := range wrap(head, p.Width) {
			p.write(line)
		}
		length = min(length, p.Width-roomForWords, below)
		head = strings.Repeat(" ", length)
	}
	for i, line := range wrap(words, p.Width-length) {
		if i > 0 {
			head = strings.Repeat(" ", length)
		}
		p.write(strings.TrimRight(head+line, " "))
	}
}

// Command writes what is to be copied: never cut, never wrapped.
func (p Page) Command(command string) {
	p.write("  " + command)
}

// Blank writes an empty line.
func (p Page) Blank() {
	p.write("")
}

func (p Page) write(line string) {
	fmt.Fprintln(p.Out, line)
}

// colored is text in a colour of the terminal's own.
func (p Page) colored(color int, text string) string {
	if p.Plain || text == "" {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", color, text)
}

func wrap(words string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(words) {
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}

// cut shortens a line that is too long; colours take no room.
func cut(line string, width int) string {
	if visible(line) <= width {
		return line
	}
	var short strings.Builder
	count, hidden, coloured := 0, false, false
	for _, char := range line {
		switch {
		case char == '\x1b':
			hidden, coloured = true, true
		case hidden:
			hidden = char != 'm'
		default:
			count++
			if count > width-3 {
				if coloured {
					short.WriteString("\x1b[0m")
				}
				return short.String() + "..."
			}
		}
		short.WriteRune(char)
	}
	return short.String()
}

// On is the same page on another output, which is shown where this one is.
func (p Page) On(out io.Writer) Page {
	p.Out = out
	return p
}
