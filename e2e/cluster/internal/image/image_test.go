package image

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

func TestAStaticImageIsItsProgramAlone(t *testing.T) {
	folder := t.TempDir()
	program := filepath.Join(folder, "pause")
	if err := os.WriteFile(program, []byte("machine code"), 0o700); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(folder, "pause.tar")
	if err := WriteStatic(archive, "plimsoll.dev/pause:1", program); err != nil {
		t.Fatal(err)
	}
	image, err := tarball.ImageFromPath(archive, nil)
	if err != nil {
		t.Fatal(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if config.OS != "linux" || config.Config.User != "65532" || config.Config.Entrypoint[0] != "/pause" {
		t.Errorf("%+v", config)
	}
	layers, err := image.Layers()
	if err != nil || len(layers) != 1 {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	content, err := layers[0].Uncompressed()
	if err != nil {
		t.Fatal(err)
	}
	reader := tar.NewReader(content)
	header, err := reader.Next()
	if err != nil || header.Name != "pause" || header.Mode != 0o755 {
		t.Fatalf("%+v, %v", header, err)
	}
	if data, _ := io.ReadAll(reader); string(data) != "machine code" {
		t.Errorf("holds %q", data)
	}
	if _, err := reader.Next(); err != io.EOF {
		t.Errorf("holds more: %v", err)
	}
}

func TestTrimmingKeepsLicencesAndPrograms(t *testing.T) {
	root := t.TempDir()
	for _, file := range []string{
		"usr/share/doc/libc6/copyright", "usr/share/doc/libc6/changelog.gz", "usr/share/locale/de/x.mo", "usr/bin/sh",
	} {
		path := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := trim(root); err != nil {
		t.Fatal(err)
	}
	for file, kept := range map[string]bool{
		"usr/share/doc/libc6/copyright": true, "usr/share/doc/libc6/changelog.gz": false, "usr/share/locale/de": false, "usr/bin/sh": true,
	} {
		if _, err := os.Stat(filepath.Join(root, file)); (err == nil) != kept {
			t.Errorf("%s: %v", file, err)
		}
	}
}
