// Package pki makes the cluster's certificates and the kubeconfigs that carry them.
package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/util/cert"
	"k8s.io/client-go/util/keyutil"
)

const (
	lifetime = 10 * 365 * 24 * time.Hour
	// renewal is how long before its end a certificate is made anew.
	renewal = 30 * 24 * time.Hour
)

// Authority signs certificates and keeps them, PEM-encoded, in one folder: NAME.crt and NAME.key.
type Authority struct {
	folder      string
	name        string
	certificate *x509.Certificate
	key         crypto.Signer
}

// Leaf is what a certificate says.
type Leaf struct {
	// CommonName is the user for Kubernetes, the Organizations its groups.
	CommonName    string
	Organizations []string
	// Names and Addresses are those of a server; a certificate without any is only a client's.
	Names     []string
	Addresses []net.IP
}

// Open takes the authority of this name from the folder, or founds it there.
func Open(folder, name string) (*Authority, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	authority := &Authority{folder: folder, name: name}
	var err error
	if authority.key, err = signer(authority.KeyFile(name)); err != nil {
		return nil, err
	}
	if existing, err := cert.CertsFromFile(authority.CertificateFile(name)); err == nil && fresh(existing[0]) {
		authority.certificate = existing[0]
		return authority, nil
	}
	authority.certificate, err = cert.NewSelfSignedCACert(cert.Config{CommonName: "plimsoll-" + name}, authority.key)
	if err != nil {
		return nil, err
	}
	return authority, cert.WriteCert(authority.CertificateFile(name), encode(authority.certificate))
}

// File is the authority's own certificate.
func (a *Authority) File() string { return a.CertificateFile(a.name) }

// CertificateFile is where the certificate of this name is kept.
func (a *Authority) CertificateFile(name string) string {
	return filepath.Join(a.folder, name+".crt")
}

// KeyFile is where the key of this name is kept.
func (a *Authority) KeyFile(name string) string { return filepath.Join(a.folder, name+".key") }

// Ensure makes the certificate of this name unless there is one that says the same, is this
// authority's and will last.
func (a *Authority) Ensure(name string, leaf Leaf) error {
	key, err := signer(a.KeyFile(name))
	if err != nil {
		return err
	}
	if existing, err := cert.CertsFromFile(a.CertificateFile(name)); err == nil && a.stands(existing[0], leaf) {
		return nil
	}
	signed, err := a.sign(leaf, key)
	if err != nil {
		return fmt.Errorf("certificate %s: %w", name, err)
	}
	return cert.WriteCert(a.CertificateFile(name), encode(signed))
}

func (a *Authority) stands(certificate *x509.Certificate, leaf Leaf) bool {
	for _, address := range leaf.Addresses {
		if certificate.VerifyHostname(address.String()) != nil {
			return false
		}
	}
	for _, name := range leaf.Names {
		if certificate.VerifyHostname(name) != nil {
			return false
		}
	}
	return fresh(certificate) &&
		certificate.Subject.CommonName == leaf.CommonName &&
		certificate.CheckSignatureFrom(a.certificate) == nil
}

func (a *Authority) sign(leaf Leaf, key crypto.Signer) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	usages := []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if len(leaf.Names)+len(leaf.Addresses) > 0 {
		usages = append(usages, x509.ExtKeyUsageServerAuth)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: leaf.CommonName, Organization: leaf.Organizations},
		DNSNames:     leaf.Names,
		IPAddresses:  leaf.Addresses,
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(lifetime),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  usages,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// Key ensures a private key that no certificate belongs to, and says where it is.
func (a *Authority) Key(name string) (string, error) {
	_, err := signer(a.KeyFile(name))
	return a.KeyFile(name), err
}

func fresh(certificate *x509.Certificate) bool {
	return time.Now().Add(renewal).Before(certificate.NotAfter)
}

func encode(certificate *x509.Certificate) []byte {
	encoded, _ := cert.EncodeCertificates(certificate)
	return encoded
}

func signer(file string) (crypto.Signer, error) {
	if existing, err := keyutil.PrivateKeyFromFile(file); err == nil {
		if key, ok := existing.(crypto.Signer); ok {
			return key, nil
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	encoded, err := keyutil.MarshalPrivateKeyToPEM(key)
	if err != nil {
		return nil, err
	}
	return key, keyutil.WriteKey(file, encoded)
}
