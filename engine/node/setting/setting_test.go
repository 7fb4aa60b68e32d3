package setting

import "testing"

func TestUnknownListsWhatIsKnown(t *testing.T) {
	table := []Setting[int]{{Name: "power"}, {Name: "network"}}
	want := `"sim.tabernetes.dev/powr" is not known; known are power, network`
	if got := Unknown(Prefix+"powr", table).Error(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
