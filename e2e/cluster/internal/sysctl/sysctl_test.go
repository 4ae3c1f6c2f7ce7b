package sysctl

import "testing"

func TestOnlyWhatTheClusterSetIsPutBack(t *testing.T) {
	before := memory{
		Values: map[string]string{"vm/overcommit_memory": "0", "kernel/panic": "10", forwarding: "0"},
		Links:  []string{"lo", "eth0"},
	}
	for name, test := range map[string]struct {
		setting, now string
		links        []string
		want         bool
	}{
		"set by the kubelet":             {"vm/overcommit_memory", "1", nil, true},
		"as it was":                      {"vm/overcommit_memory", "0", nil, false},
		"set by somebody else since":     {"vm/overcommit_memory", "2", nil, false},
		"as the kubelet wants it":        {"kernel/panic", "10", nil, false},
		"forwarding for the cluster":     {forwarding, "1", []string{"lo", "eth0"}, true},
		"forwarding, and Docker came":    {forwarding, "1", []string{"lo", "eth0", "docker0"}, false},
		"forwarding, and a link went":    {forwarding, "1", []string{"lo"}, true},
		"forwarding was taken off since": {forwarding, "0", []string{"lo", "eth0"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := before.isOurs(test.setting, test.now, test.links); got != test.want {
				t.Errorf("put back: %t", got)
			}
		})
	}
}
