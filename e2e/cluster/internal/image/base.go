package image

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"plimsoll.dev/e2e/cluster/internal/mount"
)

const (
	// recipe changes whenever this file makes another image from the same ingredients.
	recipe  = "1"
	include = "libstdc++6,libgomp1,ca-certificates"
	modules = "java.se,jdk.crypto.ec,jdk.jcmd,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs"
	user    = "65532"
)

// Base is a small Debian, or Ubuntu, with a Java runtime at /opt/java, made from this machine's package mirror
// and its JDK.
type Base struct {
	// JavaHome is the JDK whose modules the runtime gets.
	JavaHome string
	// Mirror is where debootstrap gets Debian from; empty: the machine's own distribution, from where apt gets it.
	Mirror string
	// Keyring is a file with the keys that the archive is signed by; empty: the distribution's own.
	Keyring string
	// Folder keeps images by what they are made of.
	Folder string
	// During wraps a step that takes its time.
	During func(title string, step func() error) error
}

// Ensure makes the image unless the folder holds it, and says where it is.
func (b Base) Ensure(ctx context.Context) (string, error) {
	jdk, err := os.ReadFile(filepath.Join(b.JavaHome, "release"))
	if err != nil {
		return "", fmt.Errorf("JAVA_HOME=%q is no JDK: %w", b.JavaHome, err)
	}
	of := b.distribution()
	key := sha256.Sum256([]byte(strings.Join([]string{recipe, of.suite, include, modules, string(jdk)}, "\n")))
	file := filepath.Join(b.Folder, fmt.Sprintf("base-%x.tar", key[:8]))
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	if err := os.MkdirAll(b.Folder, 0o755); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(b.Folder, "making-")
	if err != nil {
		return "", err
	}
	err = b.make(ctx, of, work, file)
	// debootstrap mounts /proc in its root: nothing of the host's may be left there to be emptied.
	if unmounted := mount.RemoveBelow(work); unmounted != nil {
		return "", errors.Join(err, unmounted)
	}
	return file, errors.Join(err, os.RemoveAll(work))
}

func (b Base) distribution() distribution {
	release, err := os.ReadFile("/etc/os-release")
	if err != nil || b.Mirror != "" {
		return debian()
	}
	return thisMachines(string(release))
}

func (b Base) make(ctx context.Context, of distribution, work, file string) error {
	if os.Geteuid() != 0 {
		return errors.New("this once, as root, please: debootstrap makes a root file system with its owners; " +
			"or set PLIMSOLL_IMAGE_BASE to an image with Java 25")
	}
	from, err := of.source(ctx, archive{b.Mirror, b.Keyring})
	if err != nil {
		return err
	}
	root, java := filepath.Join(work, "root"), filepath.Join(work, "java")
	steps := []struct {
		title string
		run   func() error
	}{
		{"installing " + of.label + " " + of.suite, func() error {
			return run(ctx, "debootstrap", "--variant=minbase", "--force-check-gpg", "--keyring="+from.keyring,
				"--include="+include, of.suite, root, from.mirror)
		}},
		{"linking the Java runtime", func() error {
			return run(ctx, filepath.Join(b.JavaHome, "bin", "jlink"), "--add-modules", modules,
				"--no-header-files", "--no-man-pages", "--generate-cds-archive", "--output", filepath.Join(java, "opt", "java"))
		}},
		{"trimming " + of.label, func() error { return errors.Join(trim(root), addUser(root)) }},
		{"writing the base image", func() error { return pack(ctx, file, "plimsoll.dev/base:"+of.suite, root, java) }},
	}
	for _, step := range steps {
		if err := b.During(step.title, step.run); err != nil {
			return fmt.Errorf("%s: %w", step.title, err)
		}
	}
	return nil
}

// trim removes what a container does not read; the packages' licences stay.
func trim(root string) error {
	for _, pattern := range []string{
		"usr/share/man/*", "usr/share/info/*", "usr/share/locale/*", "usr/share/lintian/*",
		"var/lib/apt/lists/*", "var/cache/apt/*", "var/cache/debconf/*", "var/log/*", "proc/*", "sys/*", "dev/*",
	} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return err
		}
		for _, path := range paths {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return filepath.WalkDir(filepath.Join(root, "usr/share/doc"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "copyright" {
			return err
		}
		return os.Remove(path)
	})
}

func addUser(root string) error {
	return errors.Join(
		appendTo(filepath.Join(root, "etc/passwd"), "plimsoll:x:"+user+":"+user+"::/tmp:/usr/sbin/nologin\n"),
		appendTo(filepath.Join(root, "etc/group"), "plimsoll:x:"+user+":\n"),
	)
}

func appendTo(file, line string) error {
	opened, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = opened.WriteString(line)
	return errors.Join(err, opened.Close())
}

func pack(ctx context.Context, file, reference string, roots ...string) error {
	var layers []v1.Layer
	for _, root := range roots {
		if err := run(ctx, "tar", "--create", "--file", root+".tar", "--directory", root,
			"--sort=name", "--mtime=@0", "--numeric-owner", "."); err != nil {
			return err
		}
		layer, err := tarball.LayerFromFile(root + ".tar")
		if err != nil {
			return err
		}
		layers = append(layers, layer)
	}
	return write(file, reference, v1.Config{
		User: user,
		Env: []string{
			"PATH=/opt/java/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			"JAVA_HOME=/opt/java",
			"LANG=C.UTF-8",
		},
	}, layers...)
}

func run(ctx context.Context, program string, arguments ...string) error {
	output, err := exec.CommandContext(ctx, program, arguments...).CombinedOutput()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(string(output)), "\n")
		return fmt.Errorf("%s: %w:\n%s", filepath.Base(program), err, strings.Join(lines[max(0, len(lines)-10):], "\n"))
	}
	return nil
}
