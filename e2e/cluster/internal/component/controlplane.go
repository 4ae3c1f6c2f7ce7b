package component

import (
	"fmt"

	"plimsoll.dev/e2e/cluster/internal/process"
)

func (s *Set) etcdServer() process.Daemon {
	client := fmt.Sprintf("https://127.0.0.1:%d", etcdPort)
	peer := fmt.Sprintf("https://127.0.0.1:%d", etcdPeer)
	return s.daemon("etcd",
		"--name="+NodeName,
		"--data-dir="+s.In("etcd"),
		"--listen-client-urls="+client,
		"--advertise-client-urls="+client,
		"--listen-peer-urls="+peer,
		"--initial-advertise-peer-urls="+peer,
		"--initial-cluster="+NodeName+"="+peer,
		"--client-cert-auth",
		"--trusted-ca-file="+s.etcd.File(),
		"--cert-file="+s.etcd.CertificateFile("server"),
		"--key-file="+s.etcd.KeyFile("server"),
		"--peer-client-cert-auth",
		"--peer-trusted-ca-file="+s.etcd.File(),
		"--peer-cert-file="+s.etcd.CertificateFile("server"),
		"--peer-key-file="+s.etcd.KeyFile("server"),
		"--log-level=warn",
	)
}

func (s *Set) apiServer() process.Daemon {
	return s.daemon("kube-apiserver",
		"--bind-address="+s.Node().String(),
		"--advertise-address="+s.Node().String(),
		fmt.Sprintf("--secure-port=%d", apiPort),
		"--service-cluster-ip-range="+s.Services.String(),
		"--allow-privileged",
		"--profiling=false",
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--client-ca-file="+s.authority.File(),
		"--tls-cert-file="+s.authority.CertificateFile("kube-apiserver"),
		"--tls-private-key-file="+s.authority.KeyFile("kube-apiserver"),
		fmt.Sprintf("--etcd-servers=https://127.0.0.1:%d", etcdPort),
		"--etcd-cafile="+s.etcd.File(),
		"--etcd-certfile="+s.etcd.CertificateFile("kube-apiserver"),
		"--etcd-keyfile="+s.etcd.KeyFile("kube-apiserver"),
		"--kubelet-preferred-address-types=InternalIP",
		"--kubelet-certificate-authority="+s.authority.File(),
		"--kubelet-client-certificate="+s.authority.CertificateFile("kube-apiserver-kubelet-client"),
		"--kubelet-client-key="+s.authority.KeyFile("kube-apiserver-kubelet-client"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-signing-key-file="+s.serviceAccountKey(),
		"--service-account-key-file="+s.serviceAccountKey(),
	)
}

func (s *Set) controllerManager() process.Daemon {
	return s.daemon("kube-controller-manager",
		"--kubeconfig="+s.config("kube-controller-manager.kubeconfig"),
		"--secure-port=0",
		"--leader-elect=false",
		"--use-service-account-credentials",
		"--service-account-private-key-file="+s.serviceAccountKey(),
		"--root-ca-file="+s.authority.File(),
	)
}

func (s *Set) scheduler() process.Daemon {
	return s.daemon("kube-scheduler",
		"--kubeconfig="+s.config("kube-scheduler.kubeconfig"),
		"--secure-port=0",
		"--leader-elect=false",
	)
}

func (s *Set) serviceAccountKey() string { return s.authority.KeyFile("service-accounts") }
