package main

import (
	"archive/tar"
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestACheckpointBecomesAnImageThatCopiesIt(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "Tiny-1B")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"config.json", "model.safetensors", ".recipe"} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	system := imageTar(t, "plimsoll/operator:0.1.0", base, application)
	reference, err := pushModel(context.Background(), serve(t), folder, system)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(reference, "/models/tiny-1b@sha256:") {
		t.Error(reference)
	}
	digest, err := name.NewDigest(reference)
	if err != nil {
		t.Fatal(err)
	}
	image, err := remote.Image(digest)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if command := config.Config.Cmd; !slices.Equal(command, []string{"cp", "-r", "/checkpoint/Tiny-1B", "/models/"}) {
		t.Error(command)
	}
	files := map[string]bool{}
	stream := mutate.Extract(image)
	defer func() { _ = stream.Close() }()
	for reader := tar.NewReader(stream); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		files[path.Join("/", header.Name)] = true
	}
	for file, expected := range map[string]bool{
		"/checkpoint/Tiny-1B/config.json":       true,
		"/checkpoint/Tiny-1B/model.safetensors": true,
		"/checkpoint/Tiny-1B/.recipe":           false,
		"/var/lib/dpkg/status":                  true,
		"/app/quarkus-run.jar":                  false,
	} {
		if there := files[file]; there != expected {
			t.Errorf("%s is there: %v", file, there)
		}
	}
}
