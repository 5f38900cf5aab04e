package batch

import (
	"os"
	"sync"
	"time"
)

// aliveFile holds the time at which a run was last at work. Servers are owed their pace by the next one too, however the run ended.
const aliveFile = ".alive"

// aliveEvery is how exact that time is.
const aliveEvery = time.Second

// Alive tells when an earlier run was last at work, the zero value if there was none, and notes now and then that this one is, until stop.
func (s *Store) Alive() (earlier time.Time, stop func()) {
	if text, err := s.root.ReadFile(aliveFile); err == nil {
		if at, err := time.Parse(time.RFC3339, string(text)); err == nil { // one that is broken is none
			earlier = at.Add(2 * aliveEvery) // at most as long it lived on
		}
	}
	f, err := s.root.OpenFile(aliveFile, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return earlier, func() {} // a folder that takes nothing is told of by the records, which matter more
	}
	// In place, and always as long: a process that ends meanwhile leaves no half of it.
	note := func() { f.WriteAt([]byte(time.Now().UTC().Format(time.RFC3339)), 0) }
	note()
	end := make(chan struct{})
	var noting sync.WaitGroup
	noting.Go(func() {
		ticker := time.NewTicker(aliveEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				note()
			case <-end:
				return
			}
		}
	})
	return earlier, sync.OnceFunc(func() {
		close(end)
		noting.Wait()
		note()
		f.Close()
	})
}
