package strict

import "errors"

// Mistakes gathers what is wrong with a file. Who edits one wants to know everything at once: a check that ends at the first
// mistake costs him a run for each.
type Mistakes struct {
	errs    []error
	refused bool // what was checked must not even be decoded
}

// Add notes an error, which may hold several, and tells whether there was one. What stands on the thing that has it can then
// not be checked; all else can.
func (m *Mistakes) Add(err error) bool {
	if err == nil {
		return false
	}
	m.errs = append(m.errs, err)
	for _, e := range Each(err) {
		m.refused = m.refused || e.Says == anchors
	}
	return true
}

// Err is one error that holds all, or nil.
// Each takes it apart again.
func (m *Mistakes) Err() error { return errors.Join(m.errs...) }

// Each returns what is wrong, one by one, in the order in which it was found; errors without a place stand at none.
func Each(err error) []*Error {
	switch e := err.(type) {
	case nil:
		return nil
	case *Error:
		return []*Error{e}
	// The way of errors.Join, so that mistakes can be gathered at every level without a type of their own.
	case interface{ Unwrap() []error }:
		var all []*Error
		for _, part := range e.Unwrap() {
			all = append(all, Each(part)...)
		}
		return all
	}
	return []*Error{{Says: err.Error()}}
}
