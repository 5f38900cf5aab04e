// Package dnsanswer reads recorded DNS exchanges: which records an answer holds, what it says of a name, and in which way it
// is none (RFC 1034, RFC 2308). Probes decide by it what to ask next, and facts are derived by it from a saved bundle, so
// that both understand an answer in the same way.
//
// It asks nothing and judges nothing. It takes silence, a refusal or a damaged answer for what they are: never for "no such
// record".
package dnsanswer
