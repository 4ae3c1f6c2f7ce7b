package image

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// distribution is what the base image is made of: Debian, or Ubuntu on a machine that is one.
type distribution struct {
	// label is what apt calls its archive.
	label string
	suite string
	// keyring is where the distribution keeps the keys that sign it, and keys the package that brings them.
	keyring string
	keys    string
}

// archive is where a distribution is had from, and what proves that it is the distribution.
type archive struct {
	mirror  string
	keyring string
}

func debian() distribution {
	return distribution{"Debian", "bookworm", "/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring"}
}

// thisMachines is Ubuntu where /etc/os-release says so, whose archive apt knows and whose keys are here; Debian otherwise.
func thisMachines(osRelease string) distribution {
	said := map[string]string{}
	for lines := bufio.NewScanner(strings.NewReader(osRelease)); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		said[name] = strings.Trim(value, `"'`)
	}
	if said["ID"] != "ubuntu" || said["VERSION_CODENAME"] == "" {
		return debian()
	}
	return distribution{"Ubuntu", said["VERSION_CODENAME"], "/usr/share/keyrings/ubuntu-archive-keyring.gpg", "ubuntu-keyring"}
}

// source is where this machine's apt gets the distribution from, unless a mirror or a keyring is given.
func (d distribution) source(ctx context.Context, given archive) (archive, error) {
	targets, _ := exec.CommandContext(ctx, "apt-get", "indextargets",
		"--format", "$(LABEL)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)", "Created-By: Packages").Output()
	mirror, known := d.find(string(targets))
	if given.mirror != "" {
		mirror, known = given.mirror, true
	}
	if !known {
		return archive{}, fmt.Errorf("apt knows no mirror of %s: run apt-get update, or set PLIMSOLL_DEBIAN_MIRROR to the URL of one of "+
			"Debian's; or set PLIMSOLL_IMAGE_BASE to an image with Java 25, to be used instead of what is made here", d.label)
	}
	keyring := d.keyring
	if given.keyring != "" {
		keyring = given.keyring
	}
	if _, err := os.Stat(keyring); err != nil {
		return archive{}, fmt.Errorf("no keys to check %s with: %w; install %s, or set PLIMSOLL_DEBIAN_KEYRING to a file with them",
			d.label, err, d.keys)
	}
	return archive{mirror, keyring}, nil
}

// find picks the distribution's own archive, not its security archive or another vendor's. Any mirror of Debian has all of its
// releases; of Ubuntu the machine's own is taken.
func (d distribution) find(targets string) (mirror string, found bool) {
	for _, line := range strings.Split(targets, "\n") {
		fields := strings.SplitN(line, "|", 4)
		if len(fields) == 4 && fields[0] == d.label && fields[1] == "main" && (d == debian() || fields[2] == d.suite) {
			return fields[3], true
		}
	}
	return "", false
}
