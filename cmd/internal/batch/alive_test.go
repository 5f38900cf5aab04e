package batch

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// The next run knows when the one before it was last at work, however that one ended.
func TestAlive(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, _, err := Open(dir, "rules")
		if err != nil {
			t.Fatal(err)
		}
		earlier, stop := s.Alive()
		if !earlier.IsZero() {
			t.Errorf("an earlier run at %v", earlier)
		}
		time.Sleep(time.Minute)
		// As if it were killed now: what stands there is from this second.
		text, _ := os.ReadFile(filepath.Join(dir, aliveFile))
		if at, err := time.Parse(time.RFC3339, string(text)); err != nil || time.Since(at) > 2*time.Second {
			t.Errorf("it says %q", text)
		}
		stop()
		s.Close()
		ended := time.Now()
		time.Sleep(time.Hour)
		if s, _, err = Open(dir, "rules"); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		earlier, stop = s.Alive()
		defer stop()
		if d := earlier.Sub(ended); d < 0 || d > 2*time.Second {
			t.Errorf("the earlier run was at work at %v, and ended at %v", earlier, ended)
		}
	})
	os.WriteFile(filepath.Join(dir, aliveFile), []byte("\x00\x00"), 0o644)
	s, _, err := Open(dir, "rules")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if earlier, stop := s.Alive(); !earlier.IsZero() {
		stop()
		t.Errorf("of a broken file: %v", earlier)
	} else {
		stop()
	}
}
