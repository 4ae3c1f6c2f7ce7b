package mount

import (
	"slices"
	"testing"
)

func TestPointAndTypeAreReadWithOptionalFieldsAndEscapes(t *testing.T) {
	got := parse(`22 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw
31 22 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
40 22 0:30 /a /var/my\040data rw - tmpfs tmpfs rw

`)
	want := []Mount{{"/", "ext4"}, {"/sys/fs/cgroup/memory", "cgroup"}, {"/var/my data", "tmpfs"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
