package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"plimsoll.dev/kubectl-plimsoll/internal/api"
	"plimsoll.dev/kubectl-plimsoll/internal/picture"
)

// pace is how often something is drawn at most.
const pace = 250 * time.Millisecond

// watch draws whenever a ModelDeployment changes, and every so often where that is not 0, over what stood before where that
// can be, until the context ends.
func (c *cluster) watch(ctx context.Context, name string, every time.Duration, draw func(io.Writer, []*unstructured.Unstructured) error) error {
	// Without this a kind that is not there, or may not be listed, would be asked for again for ever.
	if _, err := c.lookUp(ctx, name); err != nil {
		return err
	}
	namespace, err := c.namespace()
	if err != nil {
		return err
	}
	models, _, err := c.clients()
	if err != nil {
		return err
	}
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(models, 0, namespace, func(options *metav1.ListOptions) {
		if name != "" {
			options.FieldSelector = fields.OneTermEqualSelector("metadata.name", name).String()
		}
	})
	informer := factory.ForResource(api.Resource).Informer()
	changed := make(chan struct{}, 1)
	tell := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	if _, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { tell() },
		UpdateFunc: func(any, any) { tell() },
		DeleteFunc: func(any) { tell() },
	}); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	defer factory.Shutdown()
	if !cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
		return nil
	}
	tell()
	if every > 0 {
		go wait.UntilWithContext(ctx, func(context.Context) { tell() }, every)
	}
	return c.redraw(ctx, changed, func(out io.Writer) error {
		var objects []*unstructured.Unstructured
		for _, stored := range informer.GetStore().List() {
			objects = append(objects, stored.(*unstructured.Unstructured))
		}
		sorted(objects)
		return draw(out, objects)
	})
}

// redraw draws when told to, unless what would be drawn stands there already.
func (c *cluster) redraw(ctx context.Context, changed <-chan struct{}, draw func(io.Writer) error) error {
	var stands []byte
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		}
		var page bytes.Buffer
		if err := draw(&page); err != nil {
			return err
		}
		if !bytes.Equal(page.Bytes(), stands) {
			if picture.IsTerminal(c.Out) {
				fmt.Fprint(c.Out, "\x1b[H\x1b[2J")
			} else if stands != nil {
				fmt.Fprintln(c.Out, "---")
			}
			stands = page.Bytes()
			if _, err := c.Out.Write(stands); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pace):
		}
	}
}
