package dnsanswer

// Rounds of questions that are asked anew within one look. They are told apart from those of the second and third look
// at the serials, which are 1 to 4.
const (
	RoundAnew   = 10 // over UDP first, as before
	RoundStream = 20 // over TCP; further tries count up from it

	// RoundTwin is added to the round whose question is repeated at once, to see whether a server gives the same answer each
	// time; further tries count up from it by tens.
	RoundTwin = 40
)

// twins is how often a question is repeated: of two answers that a server gives by chance, it gives the same one four times in one case
// of eight.
const twins = 3

// Twins are the rounds in which a question of a round is repeated at once.
func Twins(round int) (rounds []int) {
	for i := range twins {
		rounds = append(rounds, RoundTwin+10*i+round)
	}
	return rounds
}
