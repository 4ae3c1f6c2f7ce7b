package component

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"plimsoll.dev/e2e/cluster/internal/cgroup"
	"plimsoll.dev/e2e/cluster/internal/layout"
	"plimsoll.dev/e2e/cluster/internal/network"
	"plimsoll.dev/e2e/cluster/internal/process"
)

// PauseImage is the image of the container that holds a pod's namespaces.
const PauseImage = "plimsoll.dev/pause:0.1.0"

// ControlGroup is the group of all pods of the cluster with these files: no other cluster has it.
func ControlGroup(files layout.Layout) cgroup.Group {
	state := sha256.Sum256([]byte(files.State))
	return cgroup.Group(fmt.Sprintf("/plimsoll-%x", state[:4]))
}

// containerd is the distribution's, found in PATH.
func (s *Set) containerd() process.Daemon {
	return process.Daemon{Name: "containerd", Path: "containerd", Args: []string{"--config", s.config("containerd.toml")}}
}

func (s *Set) kubelet() process.Daemon {
	return s.daemon("kubelet",
		"--kubeconfig="+s.config("kubelet.kubeconfig"),
		"--config="+s.config("kubelet.yaml"),
		"--root-dir="+s.In("kubelet"),
		"--cert-dir="+s.In("kubelet", "pki"),
		"--hostname-override="+NodeName,
		"--node-ip="+s.Node().String(),
	)
}

func (s *Set) proxy() process.Daemon {
	return s.daemon("kube-proxy", "--config="+s.config("kube-proxy.yaml"))
}

// NameServer is the user that the name server is to the API server, and the name of its role.
const NameServer = "system:coredns"

// Domain is what the names of Services end with.
func (s *Set) Domain() string { return "cluster.local" }

func (s *Set) dns() process.Daemon {
	return s.daemon("coredns", "-conf="+s.config("Corefile"))
}

// NameServerHealth is where the name server says that it knows the Services.
func (s *Set) NameServerHealth() string { return fmt.Sprintf("http://%s:8181/ready", s.Node()) }

// ProxyHealth is where kube-proxy says that its rules are in place.
func (s *Set) ProxyHealth() string { return fmt.Sprintf("http://%s:10256/healthz", s.Node()) }

// What follows is used by the templates.

// PauseImage is the constant of this name.
func (s *Set) PauseImage() string { return PauseImage }

// NodeName is the constant of this name.
func (s *Set) NodeName() string { return NodeName }

// Bridge is the interface that pods hang on.
func (s *Set) Bridge() string { return network.Bridge }

// ControlGroup is the group that all pods run in.
func (s *Set) ControlGroup() string { return string(ControlGroup(s.Layout)) }

// ClientAuthority is the certificate that signs clients' certificates.
func (s *Set) ClientAuthority() string { return s.authority.File() }

// KubeletCertificate is the kubelet's serving certificate.
func (s *Set) KubeletCertificate() string { return s.authority.CertificateFile("kubelet") }

// KubeletKey is the kubelet's serving key.
func (s *Set) KubeletKey() string { return s.authority.KeyFile("kubelet") }

// Plugins is where the distribution keeps its network plugins.
func (s *Set) Plugins() string {
	const debian = "/usr/lib/cni"
	for _, folder := range []string{debian, "/usr/libexec/cni", "/opt/cni/bin"} {
		if _, err := os.Stat(filepath.Join(folder, "bridge")); err == nil {
			return folder
		}
	}
	return debian
}

// Snapshotter is how containerd keeps layers: by overlays, or by copies where the state folder is
// itself on an overlay, which cannot carry another.
func (s *Set) Snapshotter() string {
	var system unix.Statfs_t
	if unix.Statfs(s.State, &system) == nil && system.Type == unix.OVERLAYFS_SUPER_MAGIC {
		return "native"
	}
	return "overlayfs"
}
