package main

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/in-toto/in-toto-golang/in_toto"
	"github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/common"
	slsa "github.com/in-toto/in-toto-golang/in_toto/slsa_provenance/v1"
)

// source is what the images were built from.
type source struct {
	Commit string
	// Modified says that files differed from the commit's.
	Modified bool
}

// provenance is an in-toto statement with SLSA's provenance about all images of a release.
func provenance(images []released, from source, finished time.Time) ([]byte, error) {
	var subjects []in_toto.Subject
	for _, image := range images {
		subjects = append(subjects, in_toto.Subject{Name: image.repository(), Digest: digestSet(image.Digest)})
	}
	statement := in_toto.ProvenanceStatementSLSA1{
		StatementHeader: in_toto.StatementHeader{
			Type: "https://in-toto.io/Statement/v1", PredicateType: slsa.PredicateSLSAProvenance, Subject: subjects,
		},
		Predicate: slsa.ProvenancePredicate{
			BuildDefinition: slsa.ProvenanceBuildDefinition{
				BuildType:          "https://plimsoll.dev/release/v1",
				ExternalParameters: map[string]any{"command": "make release", "registry": images[0].Registry},
				ResolvedDependencies: []slsa.ResourceDescriptor{{
					Name: "plimsoll", Digest: common.DigestSet{"gitCommit": from.Commit},
					Annotations: map[string]any{"modified": from.Modified},
				}},
			},
			RunDetails: slsa.ProvenanceRunDetails{
				Builder:       slsa.Builder{ID: "https://plimsoll.dev/release/machine-of-the-releaser"},
				BuildMetadata: slsa.BuildMetadata{FinishedOn: &finished},
			},
		},
	}
	return json.MarshalIndent(statement, "", "  ")
}

func digestSet(digest string) common.DigestSet {
	algorithm, value, _ := strings.Cut(digest, ":")
	return common.DigestSet{algorithm: value}
}
