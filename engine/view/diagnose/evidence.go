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

// newest is the evidence of the newest of the events, none without any.
func newest(events []*corev1.Event) []Evidence {
	if len(events) == 0 {
		return nil
	}
	return []Evidence{eventEvidence(events[0])}
}

// resourceOf is how kubectl's help writes a kind on the command line.
func resourceOf(kind string) string { return strings.ToLower(kind) }

// command is a line for a shell. The namespace comes last, as people type it,
// and is left out for the default one.
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

// selectorText is a label selector as kubectl takes it after -l.
func selectorText(selector *metav1.LabelSelector) string {
	if selector == nil {
		return ""
	}
	return metav1.FormatLabelSelector(selector)
}
