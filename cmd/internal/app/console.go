package app

import (
	"fmt"
	"io"
	"sync"
)

// console is stderr: lines for people and, on a terminal, a line of progress that is written over. Results go to stdout meanwhile, which
// may be the same terminal, so that the line makes room for whatever else is written.
type console struct {
	mu    sync.Mutex
	w     io.Writer
	shown bool // a line of progress stands there
	busy  bool // somebody writes beside
}

// Write writes whole lines.
func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	return c.w.Write(b)
}

// show writes a line of progress over the one before.
func (c *console) show(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.busy {
		fmt.Fprintf(c.w, "\r\x1b[K%s", line)
		c.shown = true
	}
}

// beside lets somebody write to what may be the same terminal; no progress is shown meanwhile. The lock is not held, because who reads
// there may sleep.
func (c *console) beside(write func()) {
	set := func(busy bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.clear()
		c.busy = busy
	}
	set(true)
	defer set(false)
	write()
}

// clear takes the line of progress away. The lock is held.
func (c *console) clear() {
	if c.shown {
		fmt.Fprint(c.w, "\r\x1b[K")
	}
	c.shown = false
}
