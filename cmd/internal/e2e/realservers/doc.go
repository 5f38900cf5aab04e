// Package realservers holds no code of the command: its tests run the built command against Postfix, BIND and a web server of the Go
// library, for maintainers who want to know that what holds in the simulated internet of verify/lab holds with the programs that people run.
//
// The tests need root, ip, postfix and named, and several minutes (the slowest greeting takes 310 seconds), so they stand behind
// a build tag:
//
//	sudo env "PATH=$PATH" go test -tags realservers ./cmd/internal/e2e/realservers -count=1 -v
//
// Where something is missing they are skipped with a line that says what; where the environment says CI=true that is a
// failure. Everything runs in namespaces of its own for network, processes, mounts and host name, with a root, a resolver and
// the addresses of the real root servers on the loopback device, so that the command runs with its default settings. Every
// claim about records and name servers is judged for every zone, sound or broken, and once more where the resolver lies.
//
// BIND cannot play everything: it refuses to load a zone with an alias beside other data or with two SOA records, answers with
// authority for all that it loads, and sends no spoofed, cut or endless answers. Those stand in the scenarios of verify/lab.
//
// The tests refuse to reach anybody: no route leads out of the namespace. They touch no configuration, queue or process of
// the machine; when the test process ends, in whatever way, the kernel ends all that it started. No mail is sent: at the end the
// queue has to be empty and the log without a DATA command.
package realservers
