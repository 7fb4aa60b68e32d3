package image

import (
	"strings"
	"testing"
	"time"

	"tabernetes/engine/node/setting"
)

func TestSettingsOfAnnotations(t *testing.T) {
	annotations := map[string]string{
		"example.com/other":                        "x",
		setting.Prefix + "start-up":                "15s",
		setting.Prefix + "start-up.proxy":          "1s",
		setting.Prefix + "http-status":             "503",
		setting.Prefix + "stop-accepts":            "4s",
		setting.Prefix + "memory-growth.web":       "8Mi",
		setting.Prefix + "crash-after":             "1m",
		setting.Prefix + "exit-code":               "3",
		setting.Prefix + "pull-error.proxy":        "rate-limit",
		setting.Prefix + "http-ready-after.absent": "5s",
		setting.Prefix + "startupp":                "1s",
		setting.Prefix + "pull-time":               "soon",
	}
	containers := []string{"web", "proxy"}
	settings, problems := SettingsOf(annotations, "web", containers)
	image := Image{Behaviour: plainServer()}
	settings.Apply(&image)
	switch {
	case image.StartUp.Duration != 15*time.Second, image.Answer("/", time.Minute).Status != 503,
		image.Stop.Accepts.Duration != 4*time.Second, image.Stop.After.Duration != 4*time.Second,
		image.Usage.Memory.PerSecond.String() != "8Mi", image.Exit == nil, settings.PullFault != "":
		t.Errorf("web: got %+v", image.Behaviour)
	case image.Exit.After.Duration != time.Minute || image.Exit.Code != 3:
		t.Errorf("web: got exit %+v", image.Exit)
	}
	var texts []string
	for _, problem := range problems {
		texts = append(texts, problem.Error())
	}
	got := strings.Join(texts, "\n")
	want := `annotation "sim.tabernetes.dev/http-ready-after.absent": the pod has no container "absent"; it has web, proxy
annotation ` + setting.Unknown("sim.tabernetes.dev/startupp", table).Error() + `
annotation "sim.tabernetes.dev/pull-time": must be a duration such as "15s" or "1m30s", got "soon"`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}

	other, _ := SettingsOf(annotations, "proxy", containers)
	image = Image{Behaviour: plainServer()}
	other.Apply(&image)
	if image.StartUp.Duration != time.Second || other.PullFault != FaultRateLimit || !image.Usage.Memory.PerSecond.IsZero() {
		t.Errorf("proxy: got %+v and pull error %q", image.Behaviour, other.PullFault)
	}
}

func TestEverySettingRefusesNonsense(t *testing.T) {
	for _, known := range table {
		if known.Name == "http-body" {
			continue
		}
		values := map[string]string{known.Name: "nonsense"}
		if known.Name == "exit-code" {
			values["crash-after"] = "1s"
		}
		if _, problems := settingsOf(values); len(problems) != 1 || !strings.Contains(problems[0].Error(), `got "nonsense"`) {
			t.Errorf("%s: got %v, want one problem that shows the value", known.Name, problems)
		}
	}
}

// A setting must not change the catalogue through a pointer.
func TestSettingsLeaveTheCatalogueAlone(t *testing.T) {
	catalogue := builtInCatalogue(t)
	image, err := catalogue.Resolve("nginx")
	if err != nil {
		t.Fatal(err)
	}
	settings, _ := settingsOf(map[string]string{"http-status": "500", "http-body": "broken"})
	settings.Apply(&image)
	again, err := catalogue.Resolve("nginx")
	if err != nil {
		t.Fatal(err)
	}
	if again.Answer("/", 0).Status != 200 {
		t.Errorf("the catalogue's nginx answers %d", again.Answer("/", 0).Status)
	}
}
