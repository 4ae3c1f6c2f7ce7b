package pki

import (
	"bytes"
	"fmt"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// WriteKubeconfig writes a self-contained kubeconfig for the client of this name, whose certificate
// the authority has made; one that stands is not touched.
func (a *Authority) WriteKubeconfig(file, server, name string) error {
	contents := make([][]byte, 3)
	for i, source := range []string{a.File(), a.CertificateFile(name), a.KeyFile(name)} {
		content, err := os.ReadFile(source)
		if err != nil {
			return fmt.Errorf("kubeconfig %s: %w", file, err)
		}
		contents[i] = content
	}
	config := api.NewConfig()
	config.Clusters["plimsoll"] = &api.Cluster{Server: server, CertificateAuthorityData: contents[0]}
	config.AuthInfos[name] = &api.AuthInfo{ClientCertificateData: contents[1], ClientKeyData: contents[2]}
	config.Contexts["plimsoll"] = &api.Context{Cluster: "plimsoll", AuthInfo: name}
	config.CurrentContext = "plimsoll"
	content, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("kubeconfig %s: %w", file, err)
	}
	if standing, err := os.ReadFile(file); err == nil && bytes.Equal(standing, content) {
		return nil
	}
	return clientcmd.WriteToFile(*config, file)
}
