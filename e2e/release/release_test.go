package main

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	cdx "github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

var base = map[string]string{
	"./usr/lib/os-release":    "PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\nVERSION_ID=\"12\"\n",
	"./opt/java/release":      "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_RUNTIME_VERSION=\"25.0.1+8-LTS\"\n",
	"./var/lib/dpkg/status":   installedPackage + "\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n",
	"./usr/bin/of-no-concern": "x",
}

const installedPackage = "Package: libgomp1\nStatus: install ok installed\nMaintainer: Debian GCC Maintainers <gcc@debian>\n" +
	"Architecture: amd64\nVersion: 12.2.0-14\nDescription: GCC OpenMP\n Package: of a continued line\n"

var application = map[string]string{
	"app/quarkus-app-dependencies.txt":               "io.netty:netty-buffer::jar:4.1.2\na.b:native:linux-x86_64:jar:1\nleft:out::jar:1\n",
	"app/lib/main/io.netty.netty-buffer-4.1.2.jar":   "netty",
	"app/lib/main/a.b.native-1-linux-x86_64.jar":     "native",
	"app/quarkus-run.jar":                            "run",
	"opt/plimsoll/native/libc10.so":                  "c10",
	"opt/plimsoll/native/x-2.7.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: Torch\nVersion: 2.7.1\n\nName: body\n",
}

func layer(t *testing.T, files map[string]string) v1.Layer {
	t.Helper()
	var text bytes.Buffer
	writer := tar.NewWriter(&text)
	for file, content := range files {
		header := &tar.Header{Name: file, Typeflag: tar.TypeReg, Mode: 0o644, Size: int64(len(content))}
		if err := writer.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	made, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(text.Bytes())), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func imageTar(t *testing.T, reference string, layers ...map[string]string) string {
	t.Helper()
	image := empty.Image
	for _, files := range layers {
		appended, err := mutate.AppendLayers(image, layer(t, files))
		if err != nil {
			t.Fatal(err)
		}
		image = appended
	}
	tag, err := name.NewTag(reference)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "image.tar")
	if err := tarball.WriteToFile(file, tag, image); err != nil {
		t.Fatal(err)
	}
	return file
}

func serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://") + "/team/plimsoll"
}

func TestWhatIsPushedIsFoundAgainByDigest(t *testing.T) {
	out, to := t.TempDir(), serve(t)
	operator := imageTar(t, "plimsoll/operator:0.1.0", base, application)
	server := imageTar(t, "plimsoll/model-server:0.1.0-cuda", base, application)
	err := run(context.Background(), []string{"push", "-version", "1.2.3", "-commit", "abc", "-modified", "-out", out, to, operator, server})
	if err != nil {
		t.Fatal(err)
	}
	if err := run(context.Background(), []string{"check", out}); err != nil {
		t.Fatal(err)
	}
	digests, err := os.ReadFile(filepath.Join(out, "digests.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(digests), to+"/model-server@sha256:") {
		t.Errorf("digests.txt:\n%s", digests)
	}
	if err := os.WriteFile(filepath.Join(out, "operator.cdx.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(context.Background(), []string{"check", out}); err == nil {
		t.Error("an SBOM that is not the attached one is accepted")
	}
	checkProvenance(t, filepath.Join(out, "provenance.json"))
}

func checkProvenance(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var statement struct {
		Subject   []struct{ Digest map[string]string }
		Predicate struct {
			BuildDefinition struct {
				ResolvedDependencies []struct {
					Digest      map[string]string
					Annotations map[string]any
				}
			}
		}
	}
	if err := json.Unmarshal(text, &statement); err != nil {
		t.Fatal(err)
	}
	sources := statement.Predicate.BuildDefinition.ResolvedDependencies
	if len(statement.Subject) != 2 || len(sources) != 1 || sources[0].Digest["gitCommit"] != "abc" ||
		sources[0].Annotations["modified"] != true {
		t.Errorf("provenance.json:\n%s", text)
	}
}

func TestAnSBOMNamesWhatIsInTheImage(t *testing.T) {
	image, _, err := open(imageTar(t, "plimsoll/model-server:0.1.0", base, application))
	if err != nil {
		t.Fatal(err)
	}
	found, err := read(image)
	if err != nil {
		t.Fatal(err)
	}
	text, err := sbom(released{Registry: "registry.example/p", Name: "model-server", Tag: "0.1.0", Digest: "sha256:00"}, found)
	if err != nil {
		t.Fatal(err)
	}
	var document cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(text), cdx.BOMFileFormatJSON).Decode(&document); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, component := range *document.Components {
		got = append(got, component.BOMRef)
	}
	want := []string{
		"os",
		"pkg:deb/debian/libgomp1@12.2.0-14?arch=amd64&distro=debian-12",
		"pkg:maven/io.netty/netty-buffer@4.1.2",
		"pkg:maven/a.b/native@1?classifier=linux-x86_64",
		"pkg:generic/openjdk@25.0.1%2B8-LTS",
		"pkg:pypi/torch@2.7.1",
		"/app/quarkus-run.jar",
		"/opt/plimsoll/native/libc10.so",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("components:\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAnImageThatDoesNotSayWhatItIsMadeOfIsRefused(t *testing.T) {
	tar := imageTar(t, "plimsoll/operator:0.1.0", application)
	err := run(context.Background(), []string{"push", "-out", t.TempDir(), serve(t), tar})
	if err == nil || !strings.Contains(err.Error(), "/var/lib/dpkg/status") {
		t.Error(err)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	tar := imageTar(t, "plimsoll/operator:0.1.0", base)
	for expected, arguments := range map[string][]string{
		"what is to be done?":   {},
		"push needs a folder":   {"push", "registry.example/plimsoll"},
		"make images builds it": {"push", "-out", t.TempDir(), "registry.example/plimsoll", "no.tar"},
		"REGISTRY is host/path": {"push", "-out", t.TempDir(), "https://registry.example/Plimsoll", tar},
	} {
		if err := run(context.Background(), arguments); err == nil || !strings.Contains(err.Error(), expected) {
			t.Errorf("%v: %v, not %q", arguments, err, expected)
		}
	}
}

// testdata/release is what the tests of the chart install.
func TestWhatInstallsARelease(t *testing.T) {
	digest := func(of string) string { return "sha256:" + strings.Repeat(of, 64) }
	images := []released{
		{Registry: "registry.example/plimsoll", Name: "operator", Tag: "1.2.3", Digest: digest("1"), SBOM: []byte("{}")},
		{Registry: "registry.example/plimsoll", Name: "model-server", Tag: "1.2.3", Digest: digest("2"), SBOM: []byte("{}")},
		{Registry: "registry.example/plimsoll", Name: "model-server", Tag: "1.2.3-cuda", Digest: digest("3"), SBOM: []byte("{}")},
	}
	out := t.TempDir()
	if err := write(out, images, source{Commit: "abc"}); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"values.yaml", "kustomization.yaml", "digests.txt"} {
		got, err := os.ReadFile(filepath.Join(out, file))
		if err != nil {
			t.Fatal(err)
		}
		golden := filepath.Join("testdata", "release", file)
		if os.Getenv("PLIMSOLL_UPDATE") != "" {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nnot\n%s", file, got, want)
		}
	}
}
