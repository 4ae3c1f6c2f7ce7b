// Command kubectl-plimsoll is `kubectl plimsoll`: what a ModelDeployment is, why, and what would become of one.
package main

import (
	"os"

	"plimsoll.dev/kubectl-plimsoll/internal/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
