package cluster

import (
	"context"
	"fmt"
	"net/http"
	"time"

	v1 "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"plimsoll.dev/e2e/cluster/internal/component"
)

const patience = 90 * time.Second

// await asks again until there is no error, saying every two seconds that it waits. It gives up
// when the program that it waits for has ended.
func (c *Cluster) await(ctx context.Context, daemon string, ready func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := time.Now()
	said := began
	for {
		reason := ready(limited)
		if reason == nil {
			return nil
		}
		if ctx.Err() != nil {
			return fmt.Errorf("interrupted while waiting for %s: run `cluster up` again, or `cluster down`", daemon)
		}
		if _, running := c.daemons.Find(daemon); !running {
			return fmt.Errorf("%s ended; the end of %s:\n%s", daemon, c.daemons.Log(daemon), c.daemons.Tail(daemon))
		}
		if time.Since(said) > 2*time.Second {
			c.say("waiting for %s: %.0f s", daemon, time.Since(began).Seconds())
			said = time.Now()
		}
		select {
		case <-limited.Done():
			return fmt.Errorf("%s is not ready after %s: %w; the end of %s:\n%s",
				daemon, patience, reason, c.daemons.Log(daemon), c.daemons.Tail(daemon))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// client speaks to the API server directly, whatever proxy the environment names.
func (c *Cluster) client() (kubernetes.Interface, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.files.Kubeconfig())
	if err != nil {
		return nil, err
	}
	config.Proxy = http.ProxyURL(nil)
	config.Timeout = 5 * time.Second
	return kubernetes.NewForConfig(config)
}

func (c *Cluster) apiReady(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

// nodeReady wants a node that has reported since the kubelet was started: what an earlier one said
// stands in etcd until then.
func (c *Cluster) nodeReady(ctx context.Context, since time.Time) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	node, err := client.CoreV1().Nodes().Get(ctx, component.NodeName, meta.GetOptions{})
	if err != nil {
		return err
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type != v1.NodeReady {
			continue
		}
		if condition.LastHeartbeatTime.Time.Before(since.Truncate(time.Second)) {
			return fmt.Errorf("node %s has not reported yet", node.Name)
		}
		if condition.Status != v1.ConditionTrue {
			return fmt.Errorf("node %s is not ready: %s", node.Name, condition.Message)
		}
		return nil
	}
	return fmt.Errorf("node %s has not reported yet", node.Name)
}

func (c *Cluster) serviceAccounts(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	_, err = client.CoreV1().ServiceAccounts("default").Get(ctx, "default", meta.GetOptions{})
	return err
}

func answers(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	direct := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 2 * time.Second}
	response, err := direct.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}
