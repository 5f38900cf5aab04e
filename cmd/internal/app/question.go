package app

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"

	"mxverdict/cmd/internal/render"
	"mxverdict/parser/report"
)

// What a person at a terminal is asked. The report came on standard input, most often, which is at its end then: the answer is read
// from the terminal itself, so that nobody has to paste a report again.

const (
	maxOffered = 9 // names that are offered with a number
	maxAnswers = 3 // tries to give an answer that can be read
)

// askTarget asks which domain or host a report is about. "" is no answer: nobody is there, or he does not know it.
// The error says that the program is to end.
func (p *program) askTarget(r *report.Report) (string, error) {
	if _, ok := p.env.Terminal(p.stderr.w); !ok {
		return "", nil // who sends the errors elsewhere would not see the question
	}
	terminal, err := waitFor(p.env.Context, p.env.OpenTerminal)
	if err != nil {
		return "", p.env.Context.Err()
	}
	defer terminal.Close()
	offered := r.Candidates[:min(len(r.Candidates), maxOffered)]
	for _, line := range question(offered) {
		fmt.Fprintln(terminal, render.Message(line))
	}
	answers := bufio.NewReader(&interruptible{ctx: p.env.Context, r: terminal})
	for range maxAnswers {
		fmt.Fprint(terminal, prompt(offered))
		answer, err := answers.ReadString('\n')
		if p.env.Context.Err() != nil {
			return "", p.env.Context.Err()
		}
		name, says := chosen(strings.TrimSpace(answer), offered)
		if says == "" {
			return name, nil
		}
		if err != nil {
			break
		}
		fmt.Fprintln(terminal, render.Message(says))
	}
	return "", nil
}

// question lists the names of a report with their numbers.
func question(offered []string) []string {
	if len(offered) == 0 {
		return []string{"The report does not say which domain or host it is about, and names none."}
	}
	lines := []string{"The report does not say which domain or host it is about. It names:"}
	for i, name := range offered {
		lines = append(lines, fmt.Sprintf("  %d  %s", i+1, name))
	}
	return lines
}

func prompt(offered []string) string {
	if len(offered) == 0 {
		return "Name (Enter to give up): "
	}
	return "Number, or another name (Enter to give up): "
}

// chosen reads an answer; says tells what is wrong with it.
func chosen(answer string, offered []string) (name, says string) {
	if answer == "" {
		return "", ""
	}
	if n, err := strconv.Atoi(answer); err == nil {
		if n < 1 || n > len(offered) {
			return "", fmt.Sprintf("There is no number %d.", n)
		}
		return offered[n-1], ""
	}
	name, err := targetName(answer)
	if err != nil {
		return "", fmt.Sprintf("%q is no domain, host or address.", answer)
	}
	return name, ""
}
