package mailpolicy

// Worst is the worst harm that the faults of a record do; 0 for none.
func (r DMARC) Worst() Harm { return r.worst }

// fault keeps a fault. Of too many the last one gives way to a worse one.
func (r *DMARC) fault(f Fault) {
	r.worst = max(r.worst, f.Harm)
	switch last := len(r.Faults) - 1; {
	case len(r.Faults) < maxFaults:
		r.Faults = append(r.Faults, f)
	case f.Harm > r.Faults[last].Harm:
		r.Faults[last] = f
	}
}

// tell keeps a fault of a whole tag.
func (r *DMARC) tell(tag DMARCTag, says string, harm Harm) {
	r.fault(Fault{tag.column, tag.raw, says, harm, 0})
}
