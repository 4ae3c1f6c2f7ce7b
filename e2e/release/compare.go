package main

import (
	"archive/tar"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// compare says in what two images differ, and fails where that is more than the files that may.
func compare(one, other string, mayDiffer []string) error {
	first, firstConfig, err := filesOf(one)
	if err != nil {
		return fmt.Errorf("%s: %w", one, err)
	}
	second, secondConfig, err := filesOf(other)
	if err != nil {
		return fmt.Errorf("%s: %w", other, err)
	}
	var differ []string
	if firstConfig != secondConfig {
		differ = append(differ, "the image's configuration")
	}
	all := maps.Clone(first)
	maps.Copy(all, second)
	for _, file := range slices.Sorted(maps.Keys(all)) {
		if first[file] == second[file] {
			continue
		}
		if slices.Contains(mayDiffer, file) && first[file] != "" && second[file] != "" {
			fmt.Printf("%s differs, as it may\n", file)
			continue
		}
		differ = append(differ, file)
	}
	if len(differ) > 0 {
		return fmt.Errorf("%s and %s differ in\n  %s", one, other, strings.Join(differ, "\n  "))
	}
	fmt.Printf("%d other files are the same, with their times, owners and modes\n", len(all))
	return nil
}

// filesOf is what a container would see of each path, and the configuration but for the digests of layers.
func filesOf(file string) (map[string]string, string, error) {
	image, _, err := open(file)
	if err != nil {
		return nil, "", err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, "", err
	}
	described := fmt.Sprintf("%+v %s %s %s", config.Config, config.Created, config.Architecture, config.OS)
	layers, err := image.Layers()
	if err != nil {
		return nil, "", err
	}
	files := map[string]string{}
	for _, layer := range layers {
		if err := addFiles(files, layer); err != nil {
			return nil, "", err
		}
	}
	return files, described, nil
}

func addFiles(files map[string]string, layer v1.Layer) (err error) {
	stream, err := layer.Uncompressed()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stream.Close()) }()
	reader := tar.NewReader(stream)
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		hash := sha256.New()
		if _, err := io.Copy(hash, reader); err != nil {
			return err
		}
		files[path.Join("/", header.Name)] = fmt.Sprintf("%c %o %d:%d %s %q %x", header.Typeflag, header.Mode, header.Uid,
			header.Gid, header.ModTime.UTC(), header.Linkname, hash.Sum(nil))
	}
}
