package check

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"mxverdict/parser/report"
	"mxverdict/rules"
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
	message := messageOf(r, c.Message)
	if message == nil {
		return c
	}
	if from := message.Evidence().From; len(from) == 1 && from[0] != "" {
		return Chosen{Target: from[0], From: report.FromMessage, Message: c.Message}
	}
	return c
}
