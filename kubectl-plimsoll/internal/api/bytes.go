// Package api reads ModelDeployments and planning reports. Both hold words of others: what is read here has no control
// characters, and what is not as the CRD says is absent.
package api

import (
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

const (
	ki = int64(1) << 10
	mi = int64(1) << 20
	gi = int64(1) << 30
)

// Bytes is an amount of memory that may not be known.
type Bytes struct {
	Value int64
	Known bool
}

// Of is an amount that is known.
func Of(bytes int64) Bytes {
	return Bytes{Value: bytes, Known: true}
}

// Parse reads a Kubernetes quantity; what is none is not known.
func Parse(quantity string) Bytes {
	parsed, err := resource.ParseQuantity(quantity)
	if err != nil || parsed.Sign() < 0 {
		return Bytes{}
	}
	return Of(parsed.Value())
}

// UnmarshalJSON takes a quantity or a number.
func (b *Bytes) UnmarshalJSON(json []byte) error {
	*b = Parse(strings.Trim(string(json), `"`))
	return nil
}

// String is three significant digits or whole mebibytes, as the operator writes them; "-" where nothing is known.
func (b Bytes) String() string {
	if !b.Known {
		return "-"
	}
	switch {
	case b.Value >= gi:
		return scaled(b.Value, gi, 100) + "Gi"
	case b.Value >= mi:
		return scaled(b.Value, mi, 1) + "Mi"
	case b.Value >= ki:
		return scaled(b.Value, ki, 1) + "Ki"
	}
	return strconv.FormatInt(b.Value, 10)
}

// scaled rounds half up to so many parts of a unit, without trailing zeros.
func scaled(bytes, unit, parts int64) string {
	whole, rest := bytes/unit, bytes%unit
	part := (rest*parts*2 + unit) / (2 * unit)
	if part == parts {
		whole, part = whole+1, 0
	}
	text := strconv.FormatInt(whole, 10)
	if part == 0 {
		return text
	}
	digits := strconv.FormatInt(parts+part, 10)[1:]
	return text + "." + strings.TrimRight(digits, "0")
}
