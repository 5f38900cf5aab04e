package rules

import "testing"

// BenchmarkLoad is the start-up cost of every command that judges.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoadVocabulary is the start-up cost of a command that only reads a report: about a third of the 15 ms that
// the whole process may take.
func BenchmarkLoadVocabulary(b *testing.B) {
	for b.Loop() {
		if _, err := LoadVocabulary(nil); err != nil {
			b.Fatal(err)
		}
	}
}
