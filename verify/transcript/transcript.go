// Package transcript reads recorded SMTP sessions (RFC 5321): whether a server greeted, what it offers, why it says no, and
// what the parts of a session beside its plain course are called. Probes decide by it what to ask next, and facts are derived
// by it from a saved bundle, so that both understand a reply in the same way.
//
// It opens no connection and judges nothing.
package transcript
