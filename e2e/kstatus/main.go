// Command kstatus judges stored objects with the library by which Flux, Argo CD's gitops-engine and kapply decide
// whether to go on: FOLDER/<case>/status.yaml is a whole object, FOLDER/<case>/kstatus the word expected of it.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: kstatus FOLDER")
		os.Exit(2)
	}
	verdicts, err := judgeAll(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "kstatus:", err)
		os.Exit(1)
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
