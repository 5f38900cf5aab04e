package check

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/message"
	"mxverdict/verify/messageprobe"
)

// Message is a message as it was read. It may be given to any number of reports.
type Message = messageprobe.Message

// ReadMessage reads a message that the user gave. One that is too large is cut, and the verdicts say so.
func ReadMessage(r io.Reader) (*Message, error) {
	data, err := io.ReadAll(io.LimitReader(r, messageprobe.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, ErrEmptyMessage
	}
	return messageprobe.Read(data), nil
}

// ErrEmptyMessage is the error for a message that holds nothing.
var ErrEmptyMessage = errors.New("is empty")

// messageOf is the message about which rows of a report are: the one that the user gave, else the one that came with the report; or nil. Of
// several nobody can tell which one is meant.
func messageOf(r *report.Report, given *Message) *Message {
	switch n := len(r.Messages); {
	case given != nil:
		return given
	case n == 0:
		return nil
	case n == 1:
		return messageprobe.Read([]byte(r.Messages[0]))
	default:
		return messageprobe.Several(n)
	}
}

// lacksMessage tells whether a row cannot be tested because it is about a message, and there is none.
func (c Chosen) lacksMessage(r *report.Report, rule *rules.Rule) bool {
	return c.Message == nil && len(r.Messages) == 0 && rule.NeedsMessage()
}

// selectorValue is the value by which a row says which key of a domain it is about.
const selectorValue = "selector"

// nameKeys gives rows about the key of a domain that do not say which the one that the message was signed with in its name. Of several nobody
// can tell which one is meant.
func nameKeys(r *report.Report, c Chosen, catalogue *rules.Catalogue) {
	given := messageOf(r, c.Message)
	if given == nil {
		return
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		rule := catalogue.Rule(f.Rule)
		if _, named := f.Values[selectorValue]; named || rule == nil || !strings.HasPrefix(rule.Place, "{"+selectorValue+"}") {
			continue
		}
		if selectors := message.Selectors(given.Evidence(), f.Subject); len(selectors) == 1 {
			f.Values = maps.Clone(f.Values) // rows of one wording may share a map
			if f.Values == nil {
				f.Values = map[string]report.Value{}
			}
			f.Values[selectorValue] = report.Text(selectors[0])
		}
	}
}

// byAuthor is what a report is about that names nothing itself, where a row is about a message: the domain of its author.
func byAuthor(r *report.Report, c Chosen, catalogue *rules.Catalogue) Chosen {
	if c.Target != "" || c.Address != "" || r.Target != (report.Target{}) {
		return c
	}
	about := slices.ContainsFunc(r.Findings, func(f report.Finding) bool {
		rule := catalogue.Rule(f.Rule)
		return rule != nil && f.Status.Bad() && rule.NeedsMessage()
	})
	if !about {
		return c
	}
	given := messageOf(r, c.Message)
	if given == nil {
		return c
	}
	if from := given.Evidence().From; len(from) == 1 && from[0] != "" {
		return Chosen{Target: from[0], From: report.FromMessage, Message: c.Message}
	}
	return c
}
