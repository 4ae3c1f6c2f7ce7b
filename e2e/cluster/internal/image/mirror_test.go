package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const ubuntu = "NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n"

func TestAMachineThatIsUbuntuMakesUbuntuAndAnyOtherDebian(t *testing.T) {
	for release, suite := range map[string]string{
		ubuntu:                                 "noble",
		"ID=debian\nVERSION_CODENAME=trixie\n": "bookworm",
		"ID=fedora\n":                          "bookworm",
		"":                                     "bookworm",
		"ID=linuxmint\nUBUNTU_CODENAME=noble\nVERSION_CODENAME=x": "bookworm",
	} {
		if got := thisMachines(release); got.suite != suite {
			t.Errorf("%q makes %q, expected %q", release, got.suite, suite)
		}
	}
}

func TestTheMirrorIsTheDistributionsOwnArchive(t *testing.T) {
	targets := "Vendor|main|bookworm|http://vendor.example/\n" +
		"Debian-Security|main|bookworm-security|http://mirror.example/debian-security/\n" +
		"Debian|contrib|trixie|http://other.example/debian/\n" +
		"Debian|main|trixie|http://mirror.example/debian/\n" +
		"Ubuntu|main|noble-security|http://security.example/ubuntu/\n" +
		"Ubuntu|universe|noble|http://universe.example/ubuntu/\n" +
		"Ubuntu|main|noble|http://mirror.example/ubuntu/\n"
	for _, test := range []struct {
		of   distribution
		want string
	}{{debian(), "http://mirror.example/debian/"}, {thisMachines(ubuntu), "http://mirror.example/ubuntu/"}} {
		if mirror, _ := test.of.find(targets); mirror != test.want {
			t.Errorf("%s from %q, expected %q", test.of.label, mirror, test.want)
		}
		if mirror, found := test.of.find("||http://unknown.example/\n"); found {
			t.Errorf("%s from %q", test.of.label, mirror)
		}
	}
}

func TestWhatIsNotFoundIsToldWithTheVariableThatNamesIt(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "keys.gpg")
	unknown := distribution{"Nobody's", "none", nowhere, "nobodys-keyring"}
	keys := filepath.Join(t.TempDir(), "given.gpg")
	if err := os.WriteFile(keys, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	const mirror = "http://mirror.example/debian/"
	for want, given := range map[string]archive{
		"PLIMSOLL_DEBIAN_MIRROR":  {keyring: keys},
		"install nobodys-keyring": {mirror: mirror},
		nowhere:                   {mirror: mirror, keyring: nowhere},
	} {
		if _, err := unknown.source(t.Context(), given); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: an error that says %q expected, got %v", given, want, err)
		}
	}
	if got, err := unknown.source(t.Context(), archive{mirror, keys}); err != nil || got != (archive{mirror, keys}) {
		t.Errorf("%v, %v", got, err)
	}
}
