// Package large holds no code of the command: its benchmarks run the built command on as many reports as a provider has, each against
// servers that are processes of their own on loopback addresses, so that what is measured is the command alone. They take minutes and
// gigabytes of /tmp and would tell nothing on a busy machine, so they stand behind a build tag, outside of go test ./...:
//
//	go test -tags large ./cmd/internal/e2e/large -run '^$' -timeout 30m -bench LateGreetings   # 10,000 addresses that greet after 15 s; 2 minutes
//	go test -tags large ./cmd/internal/e2e/large -run '^$' -timeout 30m -bench FewHosts        # 100,000 reports about 1,000 hosts; 5 minutes
//	go test -tags large ./cmd/internal/e2e/large -run '^$' -timeout 30m -bench NothingToAsk    # 1,000,000 reports of OK rows; 10 minutes, 3 GB
//	go test -tags large ./cmd/internal/e2e/large -run FewDescriptors                           # 1,000 reports with 256 files open at most; half a minute
//
// Another program is put to the same work as LateGreetings by -beside 'PROGRAM {port} {count}'; it gets the addresses on standard input, a line
// each.
//
// Each benchmark fails where a verdict is not the one that is due: a run that is quick because it tested nothing would be no measurement.
// They run on Linux only, where all of 127.0.0.0/8 is local and /proc tells what a process holds. No address but those is reached.
package large
