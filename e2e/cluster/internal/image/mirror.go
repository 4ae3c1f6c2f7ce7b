package image

import (
	"context"
	"errors"
	"os/exec"
	"strings"
)

// aptMirror is where this machine's apt gets Debian from.
func aptMirror(ctx context.Context) (string, error) {
	targets, err := exec.CommandContext(ctx, "apt-get", "indextargets",
		"--format", "$(LABEL)|$(COMPONENT)|$(REPO_URI)", "Created-By: Packages").Output()
	if mirror, found := debianMirror(string(targets)); err == nil && found {
		return mirror, nil
	}
	return "", errors.New("apt knows no Debian mirror: run apt-get update, or set PLIMSOLL_DEBIAN_MIRROR to the URL of one")
}

// debianMirror picks Debian's own archive, not its security archive or another vendor's.
func debianMirror(targets string) (string, bool) {
	for _, line := range strings.Split(targets, "\n") {
		fields := strings.SplitN(line, "|", 3)
		if len(fields) == 3 && fields[0] == "Debian" && fields[1] == "main" {
			return fields[2], true
		}
	}
	return "", false
}
