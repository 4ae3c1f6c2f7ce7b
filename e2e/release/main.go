// Command release brings the project's images to a registry, and writes beside each what is in it and how it was made.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

const usage = `release push [-version V] [-commit C] [-modified] -out FOLDER REGISTRY TAR...
release check FOLDER
release compare TAR TAR FILE...
release model REGISTRY FOLDER TAR

push brings images, as jib's tars, to REGISTRY (host/path, with the credentials of docker login) and writes into FOLDER:
digests.txt, values.yaml for the chart, kustomization.yaml (a component), NAME.cdx.json (CycloneDX) and provenance.json.
check reads everything back from the registry by its digest.
compare says in what two builds of an image differ, and fails where that is more than the files that are named.
model brings a checkpoint to REGISTRY as an image that copies it to /models, made with the system of the image in TAR.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	if len(arguments) == 2 && arguments[0] == "check" {
		return check(ctx, arguments[1])
	}
	if len(arguments) == 4 && arguments[0] == "model" {
		reference, err := pushModel(ctx, arguments[1], arguments[2], arguments[3])
		if err == nil {
			fmt.Println(reference)
		}
		return err
	}
	if len(arguments) >= 3 && arguments[0] == "compare" {
		return compare(arguments[1], arguments[2], arguments[3:])
	}
	if len(arguments) == 0 || arguments[0] != "push" {
		return fmt.Errorf("what is to be done?\n%s", usage)
	}
	flags := flag.NewFlagSet("push", flag.ContinueOnError)
	version := flags.String("version", "", "tag; default: the tar's own")
	commit := flags.String("commit", "", "git commit that the tars are built from")
	modified := flags.Bool("modified", false, "whether the commit's files were changed")
	out := flags.String("out", "", "folder for what is written")
	if err := flags.Parse(arguments[1:]); err != nil {
		return err
	}
	if *out == "" || flags.NArg() < 2 {
		return fmt.Errorf("push needs a folder, a registry and images\n%s", usage)
	}
	registry, tars := flags.Arg(0), flags.Args()[1:]
	var pushed []released
	for _, tar := range tars {
		image, err := push(ctx, registry, tar, *version)
		if err != nil {
			return fmt.Errorf("%s: %w", tar, err)
		}
		fmt.Println(image.reference())
		pushed = append(pushed, image)
	}
	return write(*out, pushed, source{Commit: *commit, Modified: *modified})
}
