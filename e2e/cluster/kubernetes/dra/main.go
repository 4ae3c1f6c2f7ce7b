// Command dra-driver is a driver for Dynamic Resource Allocation whose devices are GPUs in name alone: it publishes what
// it is told of them, and gives them to the claims that the scheduler allocated them to.
//
//	dra-driver -kubeconfig FILE -node NAME -kubelet FOLDER gpu-0=NVIDIA-H100-80GB-HBM3:80Gi ...
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	resourceapi "k8s.io/api/resource/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/dynamic-resource-allocation/kubeletplugin"
	"k8s.io/dynamic-resource-allocation/resourceslice"
)

const name = "gpu.e2e.plimsoll.dev"

func main() {
	kubeconfig := flag.String("kubeconfig", os.Getenv("KUBECONFIG"), "file of an administrator")
	node := flag.String("node", "", "name of the node that the devices are on")
	kubelet := flag.String("kubelet", "/var/lib/kubelet", "root folder of the kubelet")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, *kubeconfig, *node, *kubelet, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "dra-driver:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, kubeconfig, node, kubelet string, gpus []string) error {
	devices, err := devices(gpus)
	if err != nil {
		return err
	}
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	data := filepath.Join(kubelet, "plugins", name)
	if err := os.MkdirAll(data, 0o750); err != nil {
		return err
	}
	helper, err := kubeletplugin.Start(ctx, driver{},
		kubeletplugin.KubeClient(client),
		kubeletplugin.NodeName(node),
		kubeletplugin.DriverName(name),
		kubeletplugin.RegistrarDirectoryPath(filepath.Join(kubelet, "plugins_registry")),
		kubeletplugin.PluginDataDirectoryPath(data),
	)
	if err != nil {
		return err
	}
	defer helper.Stop()
	pool := resourceslice.Pool{Slices: []resourceslice.Slice{{Devices: devices}}}
	if err := helper.PublishResources(ctx, resourceslice.DriverResources{Pools: map[string]resourceslice.Pool{node: pool}}); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// devices reads NAME=PRODUCT:MEMORY; attributes and capacities are called as NVIDIA's driver calls them.
func devices(gpus []string) ([]resourceapi.Device, error) {
	var devices []resourceapi.Device
	for _, gpu := range gpus {
		device, rest, named := strings.Cut(gpu, "=")
		product, memory, sized := strings.Cut(rest, ":")
		if !named || !sized {
			return nil, fmt.Errorf("%q is not NAME=PRODUCT:MEMORY", gpu)
		}
		bytes, err := resource.ParseQuantity(memory)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", gpu, err)
		}
		devices = append(devices, resourceapi.Device{
			Name:       device,
			Attributes: map[resourceapi.QualifiedName]resourceapi.DeviceAttribute{"productName": {StringValue: &product}},
			Capacity:   map[resourceapi.QualifiedName]resourceapi.DeviceCapacity{"memory": {Value: bytes}},
		})
	}
	return devices, nil
}

// driver has nothing to prepare: there is no device behind a name.
type driver struct{}

func (driver) PrepareResourceClaims(_ context.Context, claims []*resourceapi.ResourceClaim) (map[types.UID]kubeletplugin.PrepareResult, error) {
	prepared := make(map[types.UID]kubeletplugin.PrepareResult)
	for _, claim := range claims {
		var result kubeletplugin.PrepareResult
		for _, device := range claim.Status.Allocation.Devices.Results {
			if device.Driver == name {
				result.Devices = append(result.Devices, kubeletplugin.Device{
					Requests: []string{device.Request}, PoolName: device.Pool, DeviceName: device.Device,
				})
			}
		}
		prepared[claim.UID] = result
	}
	return prepared, nil
}

func (driver) UnprepareResourceClaims(_ context.Context, claims []kubeletplugin.NamespacedObject) (map[types.UID]error, error) {
	released := make(map[types.UID]error)
	for _, claim := range claims {
		released[claim.UID] = nil
	}
	return released, nil
}

func (driver) HandleError(_ context.Context, err error, message string) {
	fmt.Fprintln(os.Stderr, "dra-driver:", message+":", err)
}
