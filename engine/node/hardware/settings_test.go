package hardware

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tabernetes/engine/node/setting"
)

func TestMachineSettingsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range table {
		row := fmt.Sprintf("| `%s` | %s | %s |", known.Name, known.Value, known.Effect)
		if !strings.Contains(string(text), row) {
			t.Errorf("README.md has no row\n%s", row)
		}
	}
}

func TestMachineSettingsRefuseWhatIsWrong(t *testing.T) {
	for name, value := range map[string]string{
		"power": "maybe", "network": "slow", "slow-network": "NaN", "slow-disk": "1001", "memory-used": "-1",
		"processes": "40000", "pods": "many", "cpu": "two", "shutdown-grace-period": "2h", "nodes": "",
	} {
		_, problems := Read(map[string]string{setting.Prefix + name: value, "other.example/" + name: value})
		if len(problems) != 1 || !strings.HasPrefix(problems[0], fmt.Sprintf("annotation %q", setting.Prefix+name)) {
			t.Errorf("%s=%q: got problems %q, want one", name, value, problems)
		}
	}
	settings, problems := Read(map[string]string{setting.Prefix + "power": "off", setting.Prefix + "slow-disk": "2.5"})
	if len(problems) > 0 || settings.Power != PowerOff || settings.SlowDisk != 2.5 || settings.SlowNetwork != 1 {
		t.Errorf("got %+v, problems %q", settings, problems)
	}
}
