// Package cli is the command line of the plugin.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
)

// Main runs the command line and says how it ended.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, in, out, errOut)
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := newRoot(genericclioptions.IOStreams{In: in, Out: out, ErrOut: errOut})
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	var end exit
	if errors.As(err, &end) && end.err == nil {
		return end.code
	}
	for i, line := range strings.Split(err.Error(), "\n") {
		if i == 0 {
			line = "error: " + line
		}
		fmt.Fprintln(errOut, strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " ")))+api.Clean(strings.TrimLeft(line, " ")))
	}
	if errors.As(err, &end) {
		return end.code
	}
	return exitFailed
}

func newRoot(streams genericclioptions.IOStreams) *cobra.Command {
	cluster := &cluster{flags: genericclioptions.NewConfigFlags(true), IOStreams: streams}
	root := &cobra.Command{
		Use:   "kubectl-plimsoll",
		Short: "What ModelDeployments are, why, and what would become of one",
		Annotations: map[string]string{
			cobra.CommandDisplayNameAnnotation: "kubectl plimsoll",
		},
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(streams.In)
	root.SetOut(streams.Out)
	root.SetErr(streams.ErrOut)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return exit{exitUsage, err} })
	cluster.flags.AddFlags(root.PersistentFlags())
	for _, flag := range []string{"as", "as-group", "as-uid", "cache-dir", "certificate-authority", "client-certificate",
		"client-key", "disable-compression", "insecure-skip-tls-verify", "password", "server", "tls-server-name", "token",
		"username", "user", "cluster", "request-timeout"} {
		if found := root.PersistentFlags().Lookup(flag); found != nil {
			found.Hidden = true
		}
	}
	root.AddCommand(newStatus(cluster), newWhy(cluster), newPlan(cluster), newTop(cluster), newVersion(streams))
	return root
}

// oneOf is an error where a flag holds none of these words.
func oneOf(flag, value string, allowed ...string) error {
	for _, word := range allowed {
		if value == word {
			return nil
		}
	}
	return usage("--%s is %q: it takes %s", flag, value, strings.Join(allowed[1:], ", "))
}
