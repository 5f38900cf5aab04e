package reading

import (
	"testing"
)

// A name is held by the deepest of the zones above it.
func TestHolderOfAName(t *testing.T) {
	zones := map[string]*referredZone{"com": {}, "other.com": {}, "sub.other.com": {}, "sister.com": {}}
	for name, want := range map[string]string{"ns.sub.other.com": "sub.other.com", "ns.other.com": "other.com", "other.com": "other.com", "ns.third.com": "com", "ns.third.net": ""} {
		for range 5 { // maps have no order
			if got := holderOf(zones, name); got != want {
				t.Errorf("%s is held by %q, want %q", name, got, want)
			}
		}
	}
}
