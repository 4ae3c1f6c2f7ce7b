// Command bundle writes what the Operator Lifecycle Manager installs Plimsoll from.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	chart "plimsoll.dev/e2e/chart"
)

func main() {
	if len(os.Args) != 5 || !filepath.IsAbs(os.Args[4]) {
		fmt.Fprintln(os.Stderr, "usage: bundle REGISTRY URL EMAIL FOLDER, such as: "+
			"bundle registry.example/plimsoll https://plimsoll.example you@plimsoll.example /tmp/bundle")
		os.Exit(2)
	}
	publisher := chart.Publisher{Registry: os.Args[1], URL: os.Args[2], Email: os.Args[3]}
	if err := chart.Bundle("../../manifests", publisher, os.Args[4]); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}
