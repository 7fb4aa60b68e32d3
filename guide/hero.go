package guide

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"go.yaml.in/yaml/v3"
)

// heroHeight is that of the first page's cluster, in pixels.
const heroHeight = 400

// deployment is what a poster draws of a manifest.
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
	return fmt.Sprintf(`<div class="hero" data-deployment="%s">
<div class="stage">
<tabernetes-playground id="hero" title="%s" panes="diagram" start="click" height="%d"><script type="application/yaml">
%s</script><a href="%s">%s</a></tabernetes-playground>
<div class="poster">%s<p>%s</p></div>
</div>
<div class="hero-bar" hidden></div>
</div>
`, html.EscapeString(first.Metadata.Name), language.Frame, heroHeight, e.hero,
		html.EscapeString(language.playgroundAddress()), language.Fallback,
		poster(first, fmt.Sprintf(language.Poster, first.Spec.Replicas)), language.Waiting), ""
}

// Measures of a poster's drawing.
const (
	boxWidth, boxHeight = 190, 60
	podSize, podGap     = 62, 16
	posterWidth         = 760
	posterHeight        = 190
)

// poster draws a Deployment above its ReplicaSet and that above its pods.
func poster(of deployment, label string) string {
	pods := of.Spec.Replicas
	left := (posterWidth - pods*podSize - (pods-1)*podGap) / 2
	middle := posterWidth / 2
	var drawn strings.Builder
	fmt.Fprintf(&drawn, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, posterWidth, posterHeight, html.EscapeString(label))
	podsTop := posterHeight - podSize - 1
	for i := range pods {
		x := left + i*(podSize+podGap)
		fmt.Fprintf(&drawn, `<path class="poster-line" d="M%d %dV%d"/>`, x+podSize/2, podsTop-14, podsTop)
		fmt.Fprintf(&drawn, `<rect class="poster-pod" x="%d" y="%d" width="%d" height="%d" rx="12"/>`, x, podsTop, podSize, podSize)
		fmt.Fprintf(&drawn, `<path class="poster-tick" d="M%d %dl7 7l13 -14"/>`, x+podSize/2-10, podsTop+podSize/2)
	}
	fmt.Fprintf(&drawn, `<path class="poster-line" d="M%d %dV%dM%d %dH%dM%d %dH%d"/>`,
		middle, boxHeight, podsTop-14, left+podSize/2, podsTop-14, posterWidth-left-podSize/2,
		middle-40, boxHeight/2, middle+40)
	for i, kind := range []string{"Deployment", "ReplicaSet"} {
		x := middle - 40 - boxWidth + i*(boxWidth+80)
		fmt.Fprintf(&drawn, `<rect class="poster-box" x="%d" y="1" width="%d" height="%d" rx="10"/>`, x, boxWidth, boxHeight)
		fmt.Fprintf(&drawn, `<text class="poster-kind" x="%d" y="25">%s</text>`, x+14, kind)
		name := of.Metadata.Name
		if i == 1 {
			_, name, _ = strings.Cut(of.Spec.Template.Spec.Containers[0].Image, "/")
			if name == "" {
				name = of.Spec.Template.Spec.Containers[0].Image
			}
		}
		fmt.Fprintf(&drawn, `<text class="poster-name" x="%d" y="46">%s</text>`, x+14, html.EscapeString(name))
	}
	drawn.WriteString("</svg>")
	return drawn.String()
}
