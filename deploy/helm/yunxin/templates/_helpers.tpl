{{/* The name of everything that the release makes. */}}
{{- define "yunxin.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{/* The labels by which its pods are found: they never change. */}}
{{- define "yunxin.selector" -}}
app.kubernetes.io/name: yunxin
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "yunxin.labels" -}}
{{ include "yunxin.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
