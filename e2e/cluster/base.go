package main

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"plimsoll.dev/e2e/cluster/internal/image"
	"plimsoll.dev/e2e/cluster/internal/layout"
)

func baseImage(files layout.Layout, say func(format string, values ...any)) *cobra.Command {
	return &cobra.Command{
		Use:   "base-image OUT.tar",
		Short: "Make the image that the project's images are built on: Debian and a Java runtime",
		Args:  cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			made, err := image.Base{
				JavaHome: os.Getenv("JAVA_HOME"),
				Mirror:   os.Getenv("PLIMSOLL_DEBIAN_MIRROR"),
				Keyring:  os.Getenv("PLIMSOLL_DEBIAN_KEYRING"),
				Folder:   files.Images(),
				During:   during(say),
			}.Ensure(command.Context())
			if err != nil {
				return err
			}
			return link(made, arguments[0])
		},
	}
}

// during says every five seconds that a step still runs.
func during(say func(format string, values ...any)) func(title string, step func() error) error {
	return func(title string, step func() error) error {
		say("%s", title)
		began := time.Now()
		ticker := time.NewTicker(5 * time.Second)
		defer ticker.Stop()
		done := make(chan error, 1)
		go func() { done <- step() }()
		for {
			select {
			case err := <-done:
				return err
			case <-ticker.C:
				say("%s: %.0f s", title, time.Since(began).Seconds())
			}
		}
	}
}

// link makes a path name a file in the cache, in one step.
func link(file, path string) error {
	if target, err := os.Readlink(path); err == nil && target == file {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	_ = os.Remove(path + ".new")
	return errors.Join(os.Symlink(file, path+".new"), os.Rename(path+".new", path))
}
