package kubectl

import (
	"os"
	"testing"

	"github.com/chai2010/gettext-go"
	"github.com/chai2010/gettext-go/po"
	"k8s.io/kubectl/pkg/util/i18n"
)

// TestEnglish holds upstream's English translations to the texts that they
// translate: package english leaves them out.
func TestEnglish(t *testing.T) {
	data, err := os.ReadFile("../../../vendor/k8s.io/kubectl/pkg/util/i18n/translations/kubectl/default/LC_MESSAGES/k8s.po")
	if err != nil {
		t.Fatal(err)
	}
	translations, err := po.Load(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(translations.Messages) < 100 {
		t.Fatalf("only %d translations", len(translations.Messages))
	}
	for _, message := range translations.Messages {
		if message.MsgId != "" && message.MsgStr != "" && message.MsgStr != message.MsgId {
			t.Errorf("%q is translated to %q", message.MsgId, message.MsgStr)
		}
		if len(message.MsgStrPlural) > 0 {
			t.Errorf("%q has a plural", message.MsgId)
		}
	}
	// Upstream's own loading names the domain of the translations.
	if got := i18n.T("Create a namespace with the specified name"); got != "Create a namespace with the specified name" {
		t.Errorf("a text became %q", got)
	}
	if domain := gettext.SetDomain(""); domain == "k8s" {
		t.Error("upstream's translations are loaded: package english was not initialised first")
	}
}
