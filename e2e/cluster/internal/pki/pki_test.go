package pki

import (
	"crypto/x509"
	"net"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/cert"
)

var server = Leaf{
	CommonName: "server",
	Names:      []string{"kubernetes.default.svc"},
	Addresses:  []net.IP{net.IPv4(10, 0, 0, 1)},
}

func open(t *testing.T, folder string) *Authority {
	t.Helper()
	authority, err := Open(folder, "ca")
	if err != nil {
		t.Fatal(err)
	}
	return authority
}

func issued(t *testing.T, authority *Authority, name string, leaf Leaf) *x509.Certificate {
	t.Helper()
	if err := authority.Ensure(name, leaf); err != nil {
		t.Fatal(err)
	}
	certificates, err := cert.CertsFromFile(authority.CertificateFile(name))
	if err != nil {
		t.Fatal(err)
	}
	return certificates[0]
}

func TestAServersCertificateHoldsItsNameAndAddress(t *testing.T) {
	authority := open(t, t.TempDir())
	roots, err := cert.NewPool(authority.File())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kubernetes.default.svc", "10.0.0.1"} {
		options := x509.VerifyOptions{Roots: roots, DNSName: name}
		if _, err := issued(t, authority, "server", server).Verify(options); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAClientsCertificateServesNobody(t *testing.T) {
	authority := open(t, t.TempDir())
	roots, err := cert.NewPool(authority.File())
	if err != nil {
		t.Fatal(err)
	}
	client := issued(t, authority, "client", Leaf{CommonName: "client", Organizations: []string{"system:masters"}})
	usages := []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	if _, err := client.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: usages}); err == nil {
		t.Error("taken for a server's")
	}
	usages = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if _, err := client.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: usages}); err != nil {
		t.Error(err)
	}
}

func TestACertificateIsKeptWhileItStands(t *testing.T) {
	folder := t.TempDir()
	first := issued(t, open(t, folder), "server", server)
	if !issued(t, open(t, folder), "server", server).Equal(first) {
		t.Error("made anew although nothing changed")
	}
	moved := server
	moved.Addresses = []net.IP{net.IPv4(10, 0, 0, 2)}
	if issued(t, open(t, folder), "server", moved).Equal(first) {
		t.Error("kept although the address changed")
	}
}

func TestACertificateOfAnotherAuthorityIsReplaced(t *testing.T) {
	folder := t.TempDir()
	first := issued(t, open(t, folder), "server", server)
	for _, file := range []string{"ca.crt", "ca.key"} {
		if err := os.Remove(filepath.Join(folder, file)); err != nil {
			t.Fatal(err)
		}
	}
	if issued(t, open(t, folder), "server", server).Equal(first) {
		t.Error("kept")
	}
}

func TestKeysAreForTheirOwnerOnly(t *testing.T) {
	authority := open(t, t.TempDir())
	issued(t, authority, "server", server)
	for _, name := range []string{"ca", "server"} {
		info, err := os.Stat(authority.KeyFile(name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
}

func TestAKubeconfigNeedsNoOtherFile(t *testing.T) {
	authority := open(t, t.TempDir())
	issued(t, authority, "admin", Leaf{CommonName: "admin"})
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := authority.WriteKubeconfig(file, "https://10.0.0.1:6443", "admin"); err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", file)
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != "https://10.0.0.1:6443" || len(config.CAData) == 0 || len(config.CertData) == 0 || len(config.KeyData) == 0 {
		t.Errorf("%+v", config)
	}
}
