// Package image makes the images that no registry has to be asked for.
package image

import (
	"os"
	"path/filepath"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// write makes a docker-archive in one step: a reader sees all of it, or none.
func write(file, reference string, config v1.Config, layers ...v1.Layer) error {
	tag, err := name.NewTag(reference, name.StrictValidation)
	if err != nil {
		return err
	}
	image, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		return err
	}
	described, err := image.ConfigFile()
	if err != nil {
		return err
	}
	described = described.DeepCopy()
	described.Architecture, described.OS, described.Config = runtime.GOARCH, "linux", config
	if image, err = mutate.ConfigFile(image, described); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	if err := tarball.WriteToFile(file+".new", tag, image); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
