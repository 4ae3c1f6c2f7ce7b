package main

import (
	"archive/tar"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

type opened = io.ReadCloser

func openFile(file string) (opened, error) { return os.Open(file) }

const (
	packages     = "var/lib/dpkg/status"
	osRelease    = "usr/lib/os-release"
	javaRelease  = "opt/java/release"
	dependencies = "app/quarkus-app-dependencies.txt"
)

// contents is what of an image's files its SBOM is made from.
type contents struct {
	// Texts by path: the package database, what Quarkus wrote, the metadata of wheels.
	Texts map[string]string
	// Hashes are the SHA-256 of programs by path.
	Hashes map[string]string
	// Created is the time that the image states.
	Created time.Time
}

// read walks the layers from the lowest to the highest: a file of a higher one replaces that of a lower one.
func read(image v1.Image) (contents, error) {
	found := contents{Texts: map[string]string{}, Hashes: map[string]string{}}
	config, err := image.ConfigFile()
	if err != nil {
		return found, err
	}
	found.Created = config.Created.Time
	layers, err := image.Layers()
	if err != nil {
		return found, err
	}
	for _, layer := range layers {
		if err := found.add(layer); err != nil {
			return found, err
		}
	}
	for _, needed := range []string{packages, osRelease} {
		if found.Texts[needed] == "" {
			return found, fmt.Errorf("the image has no /%s: what it is made of cannot be told", needed)
		}
	}
	return found, nil
}

func (c contents) add(layer v1.Layer) (err error) {
	stream, err := layer.Uncompressed()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	files := tar.NewReader(stream)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		file := strings.TrimPrefix(path.Clean(header.Name), "/")
		switch {
		case header.Typeflag != tar.TypeReg:
		case isText(file):
			text, err := io.ReadAll(files)
			if err != nil {
				return err
			}
			c.Texts[file] = string(text)
		case isProgram(file):
			hash := sha256.New()
			if _, err := io.Copy(hash, files); err != nil {
				return err
			}
			c.Hashes[file] = fmt.Sprintf("%x", hash.Sum(nil))
		}
	}
}

func isText(file string) bool {
	switch file {
	case packages, osRelease, javaRelease, dependencies:
		return true
	}
	return strings.HasSuffix(file, ".dist-info/METADATA")
}

func isProgram(file string) bool {
	name := path.Base(file)
	return strings.HasPrefix(file, "app/") && strings.HasSuffix(name, ".jar") ||
		strings.HasPrefix(file, "opt/plimsoll/native/") && (strings.HasSuffix(name, ".so") || strings.Contains(name, ".so."))
}

// fields are the `Key: value` or `KEY="value"` lines of a text.
func fields(text, separator string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(text) {
		key, value, there := strings.Cut(strings.TrimRight(line, "\r\n"), separator)
		if there && key != "" && !strings.ContainsAny(key, " \t") {
			if _, before := found[key]; !before {
				found[key] = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	return found
}
