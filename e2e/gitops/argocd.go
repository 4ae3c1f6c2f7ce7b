package main

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
	luajson "layeh.com/gopher-json"
)

// Health is what Argo CD would show of an object.
type Health struct {
	Status  string
	Message string
}

// The words that Argo CD knows. Others are shown as Unknown.
const (
	healthy     = "Healthy"
	progressing = "Progressing"
	degraded    = "Degraded"
	suspended   = "Suspended"
)

// healthOf runs a health check as Argo CD does: the same interpreter, the object (JSON) as the global obj, one table as
// the answer, and none of the libraries that reach out of the interpreter.
func healthOf(script, object string) (Health, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{
		{lua.BaseLibName, lua.OpenBase},
		{lua.TabLibName, lua.OpenTable},
		{lua.StringLibName, lua.OpenString},
	} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(library.open), Protect: true},
			lua.LString(library.name)); err != nil {
			return Health{}, err
		}
	}
	value, err := luajson.Decode(state, []byte(object))
	if err != nil {
		return Health{}, err
	}
	state.SetGlobal("obj", value)
	if err := state.DoString(script); err != nil {
		return Health{}, err
	}
	table, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return Health{}, fmt.Errorf("the health check returns a %s, not a table", state.Get(-1).Type())
	}
	health := Health{lua.LVAsString(table.RawGetString("status")), lua.LVAsString(table.RawGetString("message"))}
	switch health.Status {
	case healthy, progressing, degraded, suspended:
		return health, nil
	default:
		return Health{}, fmt.Errorf("the health check says %q, which Argo CD does not know", health.Status)
	}
}
