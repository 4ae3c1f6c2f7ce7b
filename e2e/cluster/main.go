// Command cluster runs a real Kubernetes on this machine.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"plimsoll.dev/e2e/cluster/internal/layout"
)

func main() {
	files, err := layout.FromEnvironment()
	if err == nil {
		err = root(files).Execute()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1)
	}
}

func root(files layout.Layout) *cobra.Command {
	command := &cobra.Command{
		Use:               "cluster",
		Short:             "A real Kubernetes on this machine: one node, no registry, nothing outside two folders",
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	command.AddCommand(binaries(files), env(files))
	return command
}

func binaries(files layout.Layout) *cobra.Command {
	return &cobra.Command{
		Use:   "binaries",
		Short: "Build the programs only, and say where they are",
		Args:  cobra.NoArgs,
		Run: func(command *cobra.Command, _ []string) {
			fmt.Fprintln(command.OutOrStdout(), files.Binaries())
		},
	}
}

func env(files layout.Layout) *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: `Print what a shell needs to use the cluster: eval "$(cluster env)"`,
		Args:  cobra.NoArgs,
		Run: func(command *cobra.Command, _ []string) {
			fmt.Fprint(command.OutOrStdout(), environment(files))
		},
	}
}
