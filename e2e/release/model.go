package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// pushModel brings a folder with a checkpoint to REGISTRY/models/NAME as an image that copies it below /models, where a claim is
// mounted: the lowest layer of another image, which has a shell, and the folder.
func pushModel(ctx context.Context, registry, folder, baseTar string) (string, error) {
	base, _, err := open(baseTar)
	if err != nil {
		return "", err
	}
	layers, err := base.Layers()
	if err != nil {
		return "", err
	}
	model := filepath.Base(folder)
	checkpoint, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return packed(folder, model), nil },
		tarball.WithCompressionLevel(gzip.BestSpeed))
	if err != nil {
		return "", err
	}
	image, err := mutate.AppendLayers(empty.Image, layers[0], checkpoint)
	if err != nil {
		return "", err
	}
	described, err := base.ConfigFile()
	if err != nil {
		return "", err
	}
	own, err := image.ConfigFile()
	if err != nil {
		return "", err
	}
	own = own.DeepCopy()
	own.Architecture, own.OS = described.Architecture, described.OS
	own.Config = v1.Config{User: described.Config.User, Cmd: []string{"cp", "-r", "/checkpoint/" + model, "/models/"}}
	if image, err = mutate.ConfigFile(image, own); err != nil {
		return "", err
	}
	digest, err := image.Digest()
	if err != nil {
		return "", err
	}
	reference, err := name.NewDigest(registry + "/models/" + strings.ToLower(model) + "@" + digest.String())
	if err != nil {
		return "", err
	}
	return reference.String(), remote.Write(reference, image, remote.WithContext(ctx),
		remote.WithAuthFromKeychain(authn.DefaultKeychain))
}

// packed is a tar of the files of a folder, without those that begin with a dot.
func packed(folder, model string) io.ReadCloser {
	reader, writer := io.Pipe()
	go func() { writer.CloseWithError(pack(tar.NewWriter(writer), folder, model)) }()
	return reader
}

func pack(to *tar.Writer, folder, model string) error {
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		if !file.Type().IsRegular() || strings.HasPrefix(file.Name(), ".") {
			continue
		}
		if err := packFile(to, filepath.Join(folder, file.Name()), "checkpoint/"+model+"/"+file.Name()); err != nil {
			return fmt.Errorf("%s: %w", file.Name(), err)
		}
	}
	return to.Close()
}

func packFile(to *tar.Writer, file, path string) (err error) {
	opened, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	described, err := opened.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: path, Typeflag: tar.TypeReg, Mode: 0o644, Size: described.Size()}
	if err := to.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(to, opened)
	return err
}
