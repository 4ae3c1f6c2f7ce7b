package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/partial"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

const cycloneDX = types.MediaType("application/vnd.cyclonedx+json")

// released is an image that a registry holds.
type released struct {
	// Registry is host and path, Name the image's own, such as operator.
	Registry, Name, Tag, Digest string
	// SBOM is a CycloneDX document as JSON.
	SBOM []byte
}

func (r released) repository() string { return r.Registry + "/" + r.Name }

func (r released) reference() string { return r.repository() + "@" + r.Digest }

// cuda says whether the image is the one for NVIDIA GPUs.
func (r released) cuda() bool { return strings.HasSuffix(r.Tag, cudaSuffix) }

const cudaSuffix = "-cuda"

// push brings the image of a tar to REGISTRY/NAME:TAG, name and tag being the tar's unless a version is given, and its SBOM
// as a referrer of it.
func push(ctx context.Context, registry, tar, version string) (released, error) {
	image, tag, err := open(tar)
	if err != nil {
		return released{}, err
	}
	digest, err := image.Digest()
	if err != nil {
		return released{}, err
	}
	path := strings.Split(tag.RepositoryStr(), "/")
	result := released{
		Registry: registry, Name: path[len(path)-1], Tag: tagOf(tag.TagStr(), version), Digest: digest.String(),
	}
	reference, err := name.ParseReference(result.repository() + ":" + result.Tag)
	if err != nil {
		return released{}, fmt.Errorf("REGISTRY is host/path, such as registry.example/plimsoll: %w", err)
	}
	found, err := read(image)
	if err != nil {
		return released{}, err
	}
	if result.SBOM, err = sbom(result, found); err != nil {
		return released{}, err
	}
	options := []remote.Option{remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain)}
	if err := remote.Write(reference, image, options...); err != nil {
		return released{}, err
	}
	return result, attach(reference.Context(), image, result.SBOM, options)
}

func open(tar string) (v1.Image, name.Tag, error) {
	manifest, err := tarball.LoadManifest(func() (opened, error) { return openFile(tar) })
	if err != nil {
		return nil, name.Tag{}, fmt.Errorf("no image, make images builds it: %w", err)
	}
	if len(manifest) != 1 || len(manifest[0].RepoTags) != 1 {
		return nil, name.Tag{}, fmt.Errorf("holds not one image with one tag")
	}
	tag, err := name.NewTag(manifest[0].RepoTags[0])
	if err != nil {
		return nil, name.Tag{}, err
	}
	image, err := tarball.ImageFromPath(tar, &tag)
	return image, tag, err
}

func tagOf(own, version string) string {
	switch {
	case version == "":
		return own
	case strings.HasSuffix(own, cudaSuffix):
		return version + cudaSuffix
	default:
		return version
	}
}

func attach(repository name.Repository, image v1.Image, document []byte, options []remote.Option) error {
	subject, err := partial.Descriptor(image)
	if err != nil {
		return err
	}
	artifact, err := mutate.AppendLayers(
		mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), cycloneDX),
		static.NewLayer(document, cycloneDX))
	if err != nil {
		return err
	}
	referrer := mutate.Subject(artifact, *subject).(v1.Image)
	digest, err := referrer.Digest()
	if err != nil {
		return err
	}
	return remote.Write(repository.Digest(digest.String()), referrer, options...)
}
