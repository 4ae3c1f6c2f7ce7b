package api

import (
	"strings"
	"unicode"
)

// Clean is text that does nothing to a terminal: control and format characters (among them those that turn the direction
// of writing) and bytes that are no UTF-8 become a space, several of them one.
func Clean(text string) string {
	var clean strings.Builder
	gap := false
	for _, char := range text {
		if unicode.IsControl(char) || unicode.Is(unicode.Cf, char) || char == unicode.ReplacementChar ||
			unicode.Is(unicode.Zl, char) || unicode.Is(unicode.Zp, char) {
			gap = true
			continue
		}
		if gap && clean.Len() > 0 {
			clean.WriteByte(' ')
		}
		gap = false
		clean.WriteRune(char)
	}
	return clean.String()
}

// CleanTree is a value as JSON has them with every string in it clean.
func CleanTree(value any) any {
	switch value := value.(type) {
	case string:
		return Clean(value)
	case []any:
		clean := make([]any, len(value))
		for i, item := range value {
			clean[i] = CleanTree(item)
		}
		return clean
	case map[string]any:
		clean := make(map[string]any, len(value))
		for key, item := range value {
			clean[Clean(key)] = CleanTree(item)
		}
		return clean
	}
	return value
}
