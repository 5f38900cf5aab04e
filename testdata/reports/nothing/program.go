package main

// report counts warnings and errors.
type report struct {
	Warnings int
	Errors   int
}

func (r report) OK() bool { return r.Warnings == 0 && r.Errors == 0 }
