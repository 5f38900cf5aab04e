package rules

import "testing"

// BenchmarkLoad is the start-up cost of every command.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(nil); err != nil {
			b.Fatal(err)
		}
	}
}
