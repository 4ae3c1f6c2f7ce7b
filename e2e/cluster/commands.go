package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"plimsoll.dev/e2e/cluster/internal/cluster"
	"plimsoll.dev/e2e/cluster/internal/layout"
)

func up(local *cluster.Cluster) *cobra.Command {
	return &cobra.Command{
		Use:   "up",
		Short: "Start whatever of the cluster does not run, and wait until it is ready",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return local.Up(command.Context())
		},
	}
}

func down(local *cluster.Cluster) *cobra.Command {
	command := &cobra.Command{
		Use:   "down",
		Short: "Stop the cluster and its pods; the next `up` finds its objects again",
		Args:  cobra.NoArgs,
	}
	purge := command.Flags().Bool("purge", false, "also remove the state folder: objects, images, certificates, logs")
	command.RunE = func(*cobra.Command, []string) error { return local.Down(*purge) }
	return command
}

func status(local *cluster.Cluster) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Show what runs; fails unless all of it does",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return local.Status(command.Context(), command.OutOrStdout())
		},
	}
}

func importImages(local *cluster.Cluster) *cobra.Command {
	return &cobra.Command{
		Use:   "import IMAGE.tar...",
		Short: "Give images to the node, without a registry",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, archives []string) error {
			return local.Import(command.Context(), archives)
		},
	}
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
