package app

// examples stand in the help of the commands, by what is typed behind the program's name; "" is the program itself. A test reads each as
// the program would.
func examples() map[string][]example {
	return map[string][]example{
		"": {
			{"Test what a saved report says about example.com", "mxverdict -t example.com report.txt"},
			{"Test what you have copied (pbpaste on macOS, xclip -o or wl-paste on Linux)", "pbpaste | mxverdict"},
			{"See it at work, without a network", "mxverdict demo"},
		},
		"verify": {
			{"Test a report that names what it is about", "mxverdict report.txt"},
			{"Test one that does not, and write an answer for a help desk", "mxverdict -t example.com -f ticket report.txt"},
			{"Rows about the SPF, DKIM or DMARC of a message need the message", "mxverdict -m message.eml report.txt"},
			{"One JSON object a line for a program, without progress", "mxverdict verify -q -f jsonl one.txt two.txt"},
			{"Where this network closes port 25: through a machine that does not", "mxverdict --proxy socks5://127.0.0.1:1080 report.txt"},
		},
		"batch": {
			{"Verify a folder over night; the same command goes on if it was ended", "mxverdict batch reports --out results"},
			{"With a ticket beside each report, and the names of files as targets", "mxverdict batch reports --out results --each ticket --target-from name"},
			{"From a list", "find mail -print0 | mxverdict batch --files-from=- --out results"},
		},
		"diff": {
			{"What came and what was repaired between two runs of the same paths", "mxverdict batch reports --out before\nmxverdict batch reports --out now\nmxverdict diff before now"},
			{"All of it as a table", "mxverdict diff before now --format csv > changes.csv"},
			{"Only whether something came: exit code 1", "mxverdict diff before now --format json > changes.json"},
		},
		"parse": {
			{"See what would be tested, before anything is", "mxverdict parse report.txt"},
			{"The same for a program", "pbpaste | mxverdict parse -f json"},
		},
		"replay": {
			{"Judge again what was seen then, by the rules of today", "mxverdict verify --save-evidence seen.json report.txt\nmxverdict replay seen.json"},
			{"All that a batch saw, and one report of it", "mxverdict replay results -f jsonl\nmxverdict replay results --only reports/17.txt"},
		},
		"rules": {
			{"What a rule claims, what is required, and what decides it", "mxverdict rules show smtp/tls-missing"},
			{"Check a folder of your own rules", "mxverdict rules lint --rules my-rules"},
		},
		"rules list":         {{"Find rules about encryption", "mxverdict rules list | grep tls"}},
		"rules show":         {{"A rule, a cause, a table", "mxverdict rules show smtp/tls-missing\nmxverdict rules show greeting-delay\nmxverdict rules show patience"}},
		"rules facts":        {{"Find the facts about greetings", "mxverdict rules facts | grep greeting"}},
		"rules lint":         {{"Check a file before it goes anywhere", "mxverdict rules lint my-reporter.yaml"}},
		"rules test":         {{"With a folder of your own", "mxverdict rules test --rules my-rules"}},
		"rules new-reporter": {{"Begin a file", "mxverdict rules new-reporter 'Zone Watch' > zone-watch.yaml"}},
		"rules export":       {{"Change what is shipped", "mxverdict rules export my-rules"}},
		"demo": {
			{"A server that greets late, and a report that is wrong about it, in 17 seconds", "mxverdict demo"},
			{"The ticket only", "mxverdict demo -q -f ticket"},
		},
		"completion": {
			{"bash, in this shell; put the line into ~/.bashrc for all", "source <(mxverdict completion bash)"},
			{"zsh, in ~/.zshrc, behind compinit", "source <(mxverdict completion zsh)"},
			{"fish, for all shells to come", "mxverdict completion fish > ~/.config/fish/completions/mxverdict.fish"},
		},
		"man": {
			{"Read it", "mxverdict man | man -l -"},
			{"Install it", "mxverdict man > ~/.local/share/man/man1/mxverdict.1"},
		},
		"version": {{"What to put into a report of a fault", "mxverdict version"}},
	}
}
