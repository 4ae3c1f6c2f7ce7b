// Package component knows the programs of the cluster: their certificates, configuration files and
// arguments. It starts nothing.
package component

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"text/template"

	"plimsoll.dev/e2e/cluster/internal/address"
	"plimsoll.dev/e2e/cluster/internal/layout"
	"plimsoll.dev/e2e/cluster/internal/pki"
	"plimsoll.dev/e2e/cluster/internal/process"
)

// NodeName is the name of the only node.
const NodeName = "plimsoll"

const (
	apiPort  = 6443
	etcdPort = 12379
	etcdPeer = 12380
)

//go:embed templates
var templates embed.FS

// Set is every program of one cluster.
type Set struct {
	layout.Layout
	address.Plan
	authority *pki.Authority
	etcd      *pki.Authority
}

// New is the programs of a cluster with these files and addresses.
func New(files layout.Layout, plan address.Plan) (*Set, error) {
	authority, err := pki.Open(files.In("pki"), "ca")
	if err != nil {
		return nil, err
	}
	etcd, err := pki.Open(files.In("pki", "etcd"), "ca")
	if err != nil {
		return nil, err
	}
	return &Set{Layout: files, Plan: plan, authority: authority, etcd: etcd}, nil
}

// Names is the name of every program, in the order of starting.
func Names() []string {
	return []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "coredns", "containerd", "kubelet", "kube-proxy"}
}

// Daemons is every program, in the order of Names.
func (s *Set) Daemons() []process.Daemon {
	return []process.Daemon{
		s.etcdServer(), s.apiServer(), s.controllerManager(), s.scheduler(),
		s.dns(), s.containerd(), s.kubelet(), s.proxy(),
	}
}

// Server is the API server's address.
func (s *Set) Server() string {
	return fmt.Sprintf("https://%s", net.JoinHostPort(s.Node().String(), fmt.Sprint(apiPort)))
}

// Write makes certificates, kubeconfigs and configuration files; those that stand are kept.
func (s *Set) Write() error {
	if err := s.writeCertificates(); err != nil {
		return err
	}
	for client, file := range s.kubeconfigs() {
		if err := s.authority.WriteKubeconfig(file, s.Server(), client); err != nil {
			return err
		}
	}
	for name, file := range map[string]string{
		"containerd.toml": s.config("containerd.toml"),
		"cni.conflist":    s.In("cni", "plimsoll.conflist"),
		"kubelet.yaml":    s.config("kubelet.yaml"),
		"kube-proxy.yaml": s.config("kube-proxy.yaml"),
		"Corefile":        s.config("Corefile"),
	} {
		if err := s.writeTemplate(name, file); err != nil {
			return err
		}
	}
	return nil
}

func (s *Set) writeTemplate(name, file string) error {
	parsed, err := template.New(name).Option("missingkey=error").ParseFS(templates, "templates/"+name)
	if err != nil {
		return err
	}
	var content bytes.Buffer
	if err := parsed.Execute(&content, s); err != nil {
		return err
	}
	// One that is as it should be is not touched: kube-proxy ends when its own is written.
	if standing, err := os.ReadFile(file); err == nil && bytes.Equal(standing, content.Bytes()) {
		return nil
	}
	return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content.Bytes(), 0o644))
}

func (s *Set) config(name string) string { return s.In("config", name) }

func (s *Set) daemon(name string, arguments ...string) process.Daemon {
	return process.Daemon{Name: name, Path: s.Binary(name), Args: arguments}
}
