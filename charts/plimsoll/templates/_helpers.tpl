{{- define "plimsoll.labels" -}}
app.kubernetes.io/part-of: plimsoll
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* The name of an image: (list context image). A digest goes before a tag. */}}
{{- define "plimsoll.image" -}}
{{- $root := index . 0 }}{{ $image := index . 1 -}}
{{ $root.Values.images.registry }}/{{ $image.name }}
{{- if $image.digest }}@{{ $image.digest }}{{ else }}:{{ required "an image needs a tag or a digest" $image.tag }}{{ end -}}
{{- end -}}

{{/*
The objects of a file that kustomize installs, too: (dict "root" context "file" path "annotations" map "namespace" text
"without" kinds). Those that name the operator's ServiceAccount get its namespace.
*/}}
{{- define "plimsoll.file" -}}
{{- $root := .root -}}
{{- $labels := include "plimsoll.labels" $root | fromYaml -}}
{{- $annotations := .annotations | default dict -}}
{{- $namespace := .namespace -}}
{{- $without := .without | default list -}}
{{- range $text := regexSplit "(?m)^---$" ($root.Files.Get .file) -1 }}
{{- $object := fromYaml $text }}
{{- if and $object.kind (not (has $object.kind $without)) }}
{{- $metadata := $object.metadata }}
{{- $_ := set $metadata "labels" (merge (dict) ($metadata.labels | default dict) $labels) }}
{{- if $namespace }}{{ $_ := set $metadata "namespace" $namespace }}{{ end }}
{{- if $annotations }}{{ $_ := set $metadata "annotations" (merge (dict) ($metadata.annotations | default dict) $annotations) }}{{ end }}
{{- range $subject := $object.subjects | default list }}
{{- $_ := set $subject "namespace" $root.Release.Namespace }}
{{- end }}
---
{{ toYaml $object }}
{{- end }}
{{- end }}
{{- end -}}
