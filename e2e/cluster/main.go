// Command cluster runs a real Kubernetes on this machine.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"plimsoll.dev/e2e/cluster/internal/cluster"
	"plimsoll.dev/e2e/cluster/internal/layout"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	files, err := layout.FromEnvironment()
	if err == nil {
		err = root(files).ExecuteContext(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func root(files layout.Layout) *cobra.Command {
	say := func(format string, values ...any) {
		fmt.Fprintf(os.Stderr, "cluster: "+format+"\n", values...)
	}
	local := cluster.Of(files, say)
	command := &cobra.Command{
		Use:               "cluster",
		Short:             "A real Kubernetes on this machine: one node, no registry, nothing outside two folders",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	command.AddCommand(
		up(local), down(local), status(local), importImages(local),
		baseImage(files, say), binaries(files), env(files),
	)
	return command
}
