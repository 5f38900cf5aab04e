package dnsanswer

// Rounds of questions that are asked anew within one look. They are told apart from those of the second and third look
// at the serials, which are 1 to 4.
const (
	RoundAnew   = 10 // over UDP first, as before
	RoundStream = 20 // over TCP; further tries count up from it
)
