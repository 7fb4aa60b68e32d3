package guide

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"go.yaml.in/yaml/v4"
)

// heroHeight is that of the first page's cluster, in pixels.
const heroHeight = 540

// deployment is what a poster and a command tell of a manifest.
type deployment struct {
	Kind     string `yaml:"kind"`
	Metadata struct {
		Name string `yaml:"name"`
	} `yaml:"metadata"`
	Spec struct {
		Replicas int `yaml:"replicas"`
		Template struct {
			Spec struct {
				Containers []struct {
					Image string `yaml:"image"`
					Ports []struct {
						Port int `yaml:"containerPort"`
					} `yaml:"ports"`
				} `yaml:"containers"`
			} `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

// heroStage is the first page's cluster: the element, above it a poster of what it
// starts from until it runs, and below it room for what web/src/guide/hero.ts offers.
func (e *blockExtension) heroStage(f fence) (string, string) {
	if len(f.words) > 0 || f.body != "" {
		return "", "it starts from hero.yaml and takes nothing"
	}
	var first deployment
	if err := yaml.NewDecoder(bytes.NewReader(e.hero)).Decode(&first); err != nil {
		return "", fmt.Sprintf("hero.yaml: %v", err)
	}
	if first.Kind != "Deployment" || first.Spec.Replicas < 1 || len(first.Spec.Template.Spec.Containers) != 1 {
		return "", "hero.yaml: want a Deployment with replicas and one container"
	}
	e.page.embeds = true
	language := e.page.language
	return fmt.Sprintf(`<div class="hero" data-deployment="%s" data-command="%s">
<div class="stage">
<tabernetes-playground id="hero" title="%s" panes="diagram" start="click" height="%d"><script type="application/yaml">
%s</script><a href="%s">%s</a></tabernetes-playground>
<div class="poster">%s<p>%s</p></div>
</div>
<div class="hero-bar" hidden></div>
</div>
`, html.EscapeString(first.Metadata.Name), html.EscapeString(creation(first)), language.Frame, heroHeight, e.hero,
		html.EscapeString(language.playgroundAddress()), language.Fallback,
		poster(first, fmt.Sprintf(language.Poster, first.Spec.Replicas)), language.Waiting), ""
}

// poster draws a Deployment, its ReplicaSet and the pods beside each other, as the
// playground's diagram does.
func poster(of deployment, label string) string {
	image := of.Spec.Template.Spec.Containers[0].Image
	var drawn strings.Builder
	fmt.Fprintf(&drawn, "<div class=\"drawn\" role=\"img\" aria-label=\"%s\">", html.EscapeString(label))
	for _, box := range [][2]string{{"Deployment", of.Metadata.Name}, {"ReplicaSet", image}} {
		fmt.Fprintf(&drawn, "<div class=\"drawn-box\">%s<b>%s</b></div><i></i>", box[0], html.EscapeString(box[1]))
	}
	drawn.WriteString("<div class=\"drawn-pods\">")
	drawn.WriteString(strings.Repeat("<span>Pod</span>", of.Spec.Replicas))
	drawn.WriteString("</div></div>")
	return drawn.String()
}

// creation is the command that makes a Deployment which has, as hero.yaml's, nothing that
// kubectl would not give it by itself.
func creation(of deployment) string {
	container := of.Spec.Template.Spec.Containers[0]
	command := fmt.Sprintf("kubectl create deployment %s --image=%s --replicas=%d", of.Metadata.Name, container.Image, of.Spec.Replicas)
	for _, port := range container.Ports {
		command += fmt.Sprintf(" --port=%d", port.Port)
	}
	return command
}
