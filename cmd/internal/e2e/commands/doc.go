// Package commands holds no code of the command: its tests run the commands that verdicts give to their readers, with the real programs, and
// compare what these show with what the verdicts say.
//
// Each scenario is judged in memory, on a virtual clock, and then served once more at its own addresses and the usual ports, in a network
// namespace (package namespace). Like the tests against real servers they need root and stand behind a build tag:
//
//	sudo env "PATH=$PATH" go test -tags realservers ./cmd/internal/e2e/commands -count=1 -v
//
// The table in shows_test.go says of every command of every rule what is to be seen where the claim is true and where it is not; one that is
// missing there, or that no scenario reaches both ways, is a failure.
package commands
