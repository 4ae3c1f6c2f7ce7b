package cluster

import (
	"context"

	"k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"

	rbac "k8s.io/api/rbac/v1"

	"plimsoll.dev/e2e/cluster/internal/component"
)

// allowNames gives the name server the rights that CoreDNS's plugin `kubernetes` takes.
func (c *Cluster) allowNames(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	named := meta.ObjectMeta{Name: component.NameServer}
	read := []string{"list", "watch"}
	role := &rbac.ClusterRole{ObjectMeta: named, Rules: []rbac.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"services", "namespaces"}, Verbs: read},
		{APIGroups: []string{"discovery.k8s.io"}, Resources: []string{"endpointslices"}, Verbs: read},
	}}
	binding := &rbac.ClusterRoleBinding{
		ObjectMeta: named,
		RoleRef:    rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "ClusterRole", Name: component.NameServer},
		Subjects:   []rbac.Subject{{APIGroup: rbac.GroupName, Kind: rbac.UserKind, Name: component.NameServer}},
	}
	if _, err := client.RbacV1().ClusterRoles().Create(ctx, role, meta.CreateOptions{}); err != nil && !errors.IsAlreadyExists(err) {
		return err
	}
	if _, err := client.RbacV1().ClusterRoleBindings().Create(ctx, binding, meta.CreateOptions{}); err != nil && !errors.IsAlreadyExists(err) {
		return err
	}
	return nil
}
