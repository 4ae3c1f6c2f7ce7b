package component

import (
	"net"

	"plimsoll.dev/e2e/cluster/internal/pki"
)

// The users and groups are those that Kubernetes' own roles are bound to.
func (s *Set) writeCertificates() error {
	node, api := net.IP(s.Node().AsSlice()), net.IP(s.API().AsSlice())
	loopback := net.IPv4(127, 0, 0, 1)
	leaves := map[string]pki.Leaf{
		"kube-apiserver": {
			CommonName: "kube-apiserver",
			Names: []string{
				"localhost", NodeName,
				"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
			},
			Addresses: []net.IP{node, api, loopback},
		},
		"kubelet":                        {CommonName: "kubelet", Names: []string{NodeName}, Addresses: []net.IP{node}},
		"kube-apiserver-kubelet-client":  {CommonName: "kube-apiserver-kubelet-client", Organizations: []string{"system:masters"}},
		"admin":                          {CommonName: "plimsoll-admin", Organizations: []string{"system:masters"}},
		"system:kube-controller-manager": {CommonName: "system:kube-controller-manager"},
		"system:kube-scheduler":          {CommonName: "system:kube-scheduler"},
		"system:kube-proxy":              {CommonName: "system:kube-proxy"},
		NameServer:                       {CommonName: NameServer},
		"system:node":                    {CommonName: "system:node:" + NodeName, Organizations: []string{"system:nodes"}},
	}
	for name, leaf := range leaves {
		if err := s.authority.Ensure(name, leaf); err != nil {
			return err
		}
	}
	if _, err := s.authority.Key("service-accounts"); err != nil {
		return err
	}
	if err := s.etcd.Ensure("server", pki.Leaf{CommonName: "etcd", Addresses: []net.IP{loopback}}); err != nil {
		return err
	}
	return s.etcd.Ensure("kube-apiserver", pki.Leaf{CommonName: "kube-apiserver"})
}

func (s *Set) kubeconfigs() map[string]string {
	return map[string]string{
		"admin":                          s.Kubeconfig(),
		"system:kube-controller-manager": s.config("kube-controller-manager.kubeconfig"),
		"system:kube-scheduler":          s.config("kube-scheduler.kubeconfig"),
		"system:kube-proxy":              s.config("kube-proxy.kubeconfig"),
		NameServer:                       s.config("coredns.kubeconfig"),
		"system:node":                    s.config("kubelet.kubeconfig"),
	}
}
