// Command gitops judges stored objects as those tools do that wait for them: with the library by which Flux and kapply
// decide whether to go on, and with Argo CD's interpreter of health checks. FOLDER/<case>/status.yaml is a whole object,
// FOLDER/<case>/kstatus the word expected of it; HEALTH is the health check that is installed into Argo CD.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: gitops HEALTH.lua FOLDER")
		os.Exit(2)
	}
	script, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail(err)
	}
	verdicts, err := judgeAll(string(script), os.Args[2])
	if err != nil {
		fail(err)
	}
	wrong := 0
	for _, verdict := range verdicts {
		if verdict.Right() {
			continue
		}
		wrong++
		fmt.Fprintln(os.Stderr, verdict)
	}
	fmt.Printf("%d of %d objects are judged as expected\n", len(verdicts)-wrong, len(verdicts))
	if wrong > 0 {
		os.Exit(1)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gitops:", err)
	os.Exit(1)
}
