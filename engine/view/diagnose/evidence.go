package diagnose

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func referenceTo(kind string, object metav1.Object) Reference {
	return Reference{Kind: kind, Namespace: object.GetNamespace(), Name: object.GetName(), UID: string(object.GetUID())}
}

func objectName(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

func conditionEvidence(conditionType, status, message string) Evidence {
	return Evidence{Source: FromCondition, Name: conditionType + "=" + status, Text: message}
}

func field(path string, value any) Evidence {
	return Evidence{Source: FromField, Name: path, Text: fmt.Sprint(value)}
}

func eventEvidence(event *corev1.Event) Evidence {
	return Evidence{Source: FromEvent, Name: event.Reason, Text: strings.TrimSpace(event.Message)}
}

// newest returns the newest of the events as evidence, or none without events.
func newest(events []*corev1.Event) []Evidence {
	if len(events) == 0 {
		return nil
	}
	return []Evidence{eventEvidence(events[0])}
}

// resourceOf returns a kind as kubectl's help writes it on the command line.
func resourceOf(kind string) string { return strings.ToLower(kind) }

// command returns a shell command. The namespace comes last, as people type it,
// and is omitted for the default one.
func command(namespace string, arguments ...string) string {
	var line strings.Builder
	line.WriteString("kubectl")
	if namespace != "" && namespace != metav1.NamespaceDefault {
		arguments = append(arguments, "-n", namespace)
	}
	for _, argument := range arguments {
		line.WriteByte(' ')
		if strings.ContainsAny(argument, " {}[]()*?$\"'|&;<>") {
			line.WriteString("'" + strings.ReplaceAll(argument, "'", `'\''`) + "'")
		} else {
			line.WriteString(argument)
		}
	}
	return line.String()
}

func describe(object Reference) string {
	return command(object.Namespace, "describe", resourceOf(object.Kind), object.Name)
}

// selectorText formats a label selector as kubectl accepts it after -l.
func selectorText(selector *metav1.LabelSelector) string {
	if selector == nil {
		return ""
	}
	return metav1.FormatLabelSelector(selector)
}
