package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// check pulls what a release wrote down: every image by its digest, every byte of its layers, and its SBOM.
func check(ctx context.Context, folder string) error {
	digests, err := os.ReadFile(filepath.Join(folder, "digests.txt"))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(digests)) {
		reference, document, _ := strings.Cut(strings.TrimSpace(line), " ")
		components, err := checkImage(ctx, reference, filepath.Join(folder, document))
		if err != nil {
			return fmt.Errorf("%s: %w", reference, err)
		}
		fmt.Printf("%s: pulled, %d components\n", reference, components)
	}
	return nil
}

func checkImage(ctx context.Context, reference, file string) (int, error) {
	digest, err := name.NewDigest(reference)
	if err != nil {
		return 0, err
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)}
	image, err := remote.Image(digest, options...)
	if err != nil {
		return 0, err
	}
	if err := validate.Image(image); err != nil {
		return 0, err
	}
	written, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	attached, err := attachedTo(digest, options)
	if err != nil {
		return 0, err
	}
	if !bytes.Equal(attached, written) {
		return 0, fmt.Errorf("the SBOM that is attached is not %s", file)
	}
	var document cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(attached), cdx.BOMFileFormatJSON).Decode(&document); err != nil {
		return 0, err
	}
	return len(*document.Components), nil
}

func attachedTo(image name.Digest, options []remote.Option) ([]byte, error) {
	referrers, err := remote.Referrers(image, options...)
	if err != nil {
		return nil, err
	}
	manifest, err := referrers.IndexManifest()
	if err != nil {
		return nil, err
	}
	for _, referrer := range manifest.Manifests {
		if referrer.ArtifactType != string(cycloneDX) {
			continue
		}
		artifact, err := remote.Image(image.Context().Digest(referrer.Digest.String()), options...)
		if err != nil {
			return nil, err
		}
		layers, err := artifact.Layers()
		if err != nil {
			return nil, err
		}
		stream, err := layers[0].Compressed()
		if err != nil {
			return nil, err
		}
		defer func() { _ = stream.Close() }()
		return io.ReadAll(stream)
	}
	return nil, fmt.Errorf("no SBOM is attached")
}
