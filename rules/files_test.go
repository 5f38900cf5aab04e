package rules

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// What is no regular file is refused before a byte of it is read: to read a pipe would wait for whoever writes it.
func TestIrregularRuleFiles(t *testing.T) {
	for want, mode := range map[string]fs.FileMode{"a pipe": fs.ModeNamedPipe, "a device": fs.ModeDevice, "not a regular file": fs.ModeSocket, "a folder": fs.ModeDir} {
		_, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte(goodRule), Mode: mode}})
		if err == nil || !strings.Contains(err.Error(), "catalogue/house.yaml") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte(goodRule), Mode: 0o644}}); err != nil {
		t.Error(err)
	}
}
