package kubelet

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestMachineSettingsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range MachineSettings() {
		row := fmt.Sprintf("| `%s` | %s | %s |", setting.Name, setting.Value, setting.Effect)
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
		_, problems := readMachineSettings(map[string]string{MachinePrefix + name: value, "other.example/" + name: value})
		if len(problems) != 1 || !strings.HasPrefix(problems[0], fmt.Sprintf("annotation %q", MachinePrefix+name)) {
			t.Errorf("%s=%q: got problems %q, want one", name, value, problems)
		}
	}
	settings, problems := readMachineSettings(map[string]string{MachinePrefix + "power": "off", MachinePrefix + "slow-disk": "2.5"})
	if len(problems) > 0 || settings.power != PowerOff || settings.slowDisk != 2.5 || settings.slowNetwork != 1 {
		t.Errorf("got %+v, problems %q", settings, problems)
	}
}
