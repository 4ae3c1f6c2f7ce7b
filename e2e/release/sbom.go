package main

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/uuid"
	"github.com/package-url/packageurl-go"
)

// sbom is a CycloneDX document of everything that was found in an image: Debian's packages, Java's libraries and runtime,
// Python's wheels, and each program that none of them names. The same image gives the same document.
func sbom(image released, found contents) ([]byte, error) {
	document := cdx.NewBOM()
	document.SerialNumber = uuid.NewSHA1(uuid.NameSpaceURL, []byte(image.Digest)).URN()
	document.Metadata = &cdx.Metadata{
		Timestamp: found.Created.UTC().Format(time.RFC3339),
		Component: &cdx.Component{
			BOMRef: image.Digest, Type: cdx.ComponentTypeContainer, Name: image.Name, Version: image.Tag,
			PackageURL: purl(packageurl.TypeOCI, "", image.Name, image.Digest,
				packageurl.Qualifier{Key: "repository_url", Value: image.repository()}),
		},
	}
	java, rest, err := libraries(found)
	if err != nil {
		return nil, err
	}
	components := slices.Concat(debian(found), java, runtime(found), wheels(found), rest)
	document.Components = &components
	var text bytes.Buffer
	encoder := cdx.NewBOMEncoder(&text, cdx.BOMFileFormatJSON).SetPretty(true)
	err = encoder.EncodeVersion(document, cdx.SpecVersion1_6)
	return text.Bytes(), err
}

func debian(found contents) []cdx.Component {
	system := fields(found.Texts[osRelease], "=")
	distribution := packageurl.Qualifier{Key: "distro", Value: system["ID"] + "-" + system["VERSION_ID"]}
	components := []cdx.Component{{
		BOMRef: "os", Type: cdx.ComponentTypeOS, Name: system["ID"], Version: system["VERSION_ID"], Description: system["PRETTY_NAME"],
	}}
	for entry := range strings.SplitSeq(found.Texts[packages], "\n\n") {
		field := fields(entry, ":")
		if !strings.HasSuffix(field["Status"], " installed") {
			continue
		}
		url := purl(packageurl.TypeDebian, system["ID"], field["Package"], field["Version"],
			packageurl.Qualifier{Key: "arch", Value: field["Architecture"]}, distribution)
		components = append(components, cdx.Component{
			BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: field["Package"], Version: field["Version"], PackageURL: url,
			Supplier: &cdx.OrganizationalEntity{Name: field["Maintainer"]},
		})
	}
	return components
}

// libraries are those that Quarkus says it took, with the hashes of their jars; the rest is what nobody names.
func libraries(found contents) (named, rest []cdx.Component, err error) {
	left := maps.Clone(found.Hashes)
	jars := map[string]string{}
	for file := range found.Hashes {
		jars[path.Base(file)] = file
	}
	for line := range strings.Lines(found.Texts[dependencies]) {
		// group:artifact:classifier:type:version
		part := strings.Split(strings.TrimSpace(line), ":")
		if len(part) != 5 {
			return nil, nil, fmt.Errorf("/%s has a line %q", dependencies, line)
		}
		group, artifact, classifier, version := part[0], part[1], part[2], part[4]
		name := group + "." + artifact + "-" + version
		var qualifiers []packageurl.Qualifier
		if classifier != "" {
			name += "-" + classifier
			qualifiers = append(qualifiers, packageurl.Qualifier{Key: "classifier", Value: classifier})
		}
		file, there := jars[name+".jar"]
		if !there {
			// Quarkus lists it and has left it out: optional, or read at build time only.
			continue
		}
		url := purl(packageurl.TypeMaven, group, artifact, version, qualifiers...)
		named = append(named, cdx.Component{
			BOMRef: url, Type: cdx.ComponentTypeLibrary, Group: group, Name: artifact, Version: version, PackageURL: url,
			Hashes: sha256Of(found.Hashes[file]),
		})
		delete(left, file)
	}
	for _, file := range slices.Sorted(maps.Keys(left)) {
		rest = append(rest, cdx.Component{
			BOMRef: "/" + file, Type: cdx.ComponentTypeFile, Name: "/" + file, Hashes: sha256Of(left[file]),
		})
	}
	return named, rest, nil
}

func runtime(found contents) []cdx.Component {
	release := fields(found.Texts[javaRelease], "=")
	version := release["JAVA_RUNTIME_VERSION"]
	if version == "" {
		version = release["JAVA_VERSION"]
	}
	if version == "" {
		return nil
	}
	url := purl(packageurl.TypeGeneric, "", "openjdk", version)
	return []cdx.Component{{
		BOMRef: url, Type: cdx.ComponentTypePlatform, Name: "openjdk", Version: version, PackageURL: url,
		Supplier: &cdx.OrganizationalEntity{Name: release["IMPLEMENTOR"]},
	}}
}

func wheels(found contents) []cdx.Component {
	var components []cdx.Component
	for _, file := range slices.Sorted(maps.Keys(found.Texts)) {
		if !strings.HasSuffix(file, "/METADATA") {
			continue
		}
		field := fields(found.Texts[file], ":")
		url := purl(packageurl.TypePyPi, "", strings.ToLower(field["Name"]), field["Version"])
		components = append(components, cdx.Component{
			BOMRef: url, Type: cdx.ComponentTypeLibrary, Name: field["Name"], Version: field["Version"], PackageURL: url,
		})
	}
	return components
}

func sha256Of(value string) *[]cdx.Hash {
	return &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: value}}
}

func purl(kind, namespace, name, version string, qualifiers ...packageurl.Qualifier) string {
	return packageurl.NewPackageURL(kind, namespace, name, version, qualifiers, "").ToString()
}
