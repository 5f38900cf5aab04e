package rules

import (
	"reflect"
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	keys, lists := []string{"resolver", "control", "quiet"}, []string{"control"}
	got, err := Settings("config.yaml", []byte("# mine\nresolver: 192.0.2.1\n\nquiet: yes\ncontrol: [example.net, example.org]\n"), keys, lists)
	want := []Setting{{"resolver", []string{"192.0.2.1"}, 2}, {"control", []string{"example.net", "example.org"}, 5}, {"quiet", []string{"yes"}, 4}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := Settings("config.yaml", []byte("control: none\n"), keys, lists); err != nil || len(got) != 1 || got[0].Values[0] != "none" {
		t.Errorf("one word for a list: %+v, %v", got, err)
	}
	for _, none := range []string{"", "# nothing yet\n"} {
		if got, err := Settings("config.yaml", []byte(none), keys, lists); err != nil || len(got) > 0 {
			t.Errorf("%q: %+v, %v", none, got, err)
		}
	}
	for text, says := range map[string]string{
		"quiet: yes\nreslover: 192.0.2.1\n":          `config.yaml:2: unknown key "reslover"; did you mean "resolver"?`,
		"resolver: 192.0.2.1\nresolver: 192.0.2.2\n": "config.yaml:2: ",
		"resolver:\n":                                      "config.yaml:1: resolver has no value",
		"quiet: yes\nresolver: [192.0.2.1]\n":              "config.yaml:2: resolver must be a single value",
		"quiet: yes\nresolver: {address: 192.0.2.1}\n":     "config.yaml:2: resolver must be a single value",
		"control: []\n":                                    "config.yaml:1: control has no value",
		"control: [[a]]\n":                                 "config.yaml:1: ",
		"- resolver\n":                                     "config.yaml:1: ",
		"quiet: yes\n---\nquiet: no\n":                     "config.yaml:2: a second document",
		"quiet: &a yes\n":                                  "config.yaml:1: anchors",
		"resolver: 192.0.2.1\nquiet: \"\n":                 "config.yaml:",
		"resolver: 192.0.2.1\n quiet: yes\n":               "config.yaml:2: ",
		strings.Repeat("quiet: yes\n", 3) + "control: 5\n": "config.yaml:2: ",
	} {
		if got, err := Settings("config.yaml", []byte(text), keys, lists); err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%q: %+v, %v, want %s", text, got, err, says)
		}
	}
}
