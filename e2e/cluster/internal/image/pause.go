// Package image makes the images that no registry has to be asked for.
package image

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// WriteStatic writes an image (a docker-archive) of one static program and nothing else.
func WriteStatic(file, reference, program string) error {
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	entry := "/" + filepath.Base(program)
	var layer bytes.Buffer
	writer := tar.NewWriter(&layer)
	header := &tar.Header{Name: entry[1:], Mode: 0o755, Size: int64(len(content)), Typeflag: tar.TypeReg}
	if err := writer.WriteHeader(header); err != nil {
		return err
	}
	_, err = writer.Write(content)
	if err := errors.Join(err, writer.Close()); err != nil {
		return err
	}
	contents, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(layer.Bytes())), nil
	})
	if err != nil {
		return err
	}
	return write(file, reference, v1.Config{Entrypoint: []string{entry}, User: "65532"}, contents)
}

// write makes the file in one step: a reader sees all of it, or none.
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
