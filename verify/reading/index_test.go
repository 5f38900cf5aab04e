package reading

import "testing"

// The index finds a server however its address is written.
func TestServerKey(t *testing.T) {
	for _, server := range []string{"2001:db8::1", "[2001:db8::1]:53", "[2001:DB8:0::1]:53", "[2001:db8::1]"} {
		if got := ServerKey(server); got != "2001:db8::1" {
			t.Errorf("%s is %s", server, got)
		}
	}
}
