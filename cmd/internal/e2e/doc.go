// Package e2e holds no code of the command: its tests run the whole command, from the bytes of a report to the exit code, on
// simulated internets of verify/lab. What a rule, a topic or a parser does by itself is tested beside it; here stands what only shows
// when all of them work together over a wire.
//
// Where a test belongs: smtp_* is what a mail server says and when, zone_* a zone, its delegation and its name servers, names_* the
// records of a name and where they lead, spf what an SPF record and its includes say, network_* what stands between the tester and the world, company_* that reports are judged as if
// each were alone, bundles what earlier programs saved, and the other files are about the command itself: its input, output, progress,
// replay and scripts. A scenario is text (lab_test.go runs it); worlds_test.go and
// worlds_zones_test.go make scenarios in which a test says only what is special. Each runs in memory on a virtual clock
// (testing/synctest), so that a wait of five minutes takes none.
//
// After a run of all tests, TestMain asks whether every ending that a rule has words for was reached over the wire.
//
// The tests refuse to reach anybody: all of it is in memory or, for scripts, on loopback sockets. The same against Postfix and BIND
// stands in the folder realservers, what thousands of reports cost in the folder large.
package e2e
