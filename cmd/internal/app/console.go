package app

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// console is stderr: lines for people and, on a terminal, lines of progress that are written over. Results go to stdout meanwhile, which
// may be the same terminal, so that these lines make room for whatever else is written.
type console struct {
	mu    sync.Mutex
	w     io.Writer
	shown int  // so many lines of progress stand there
	busy  bool // somebody writes beside
}

// Write writes whole lines.
func (c *console) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	return c.w.Write(b)
}

// show writes lines of progress over those before. None of them is longer than the terminal is wide.
func (c *console) show(lines []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy {
		return
	}
	// In one write, so that nobody sees half of it.
	fmt.Fprint(c.w, c.back()+strings.Join(lines, "\n"))
	c.shown = len(lines)
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

// clear takes the progress away. The lock is held.
func (c *console) clear() {
	fmt.Fprint(c.w, c.back())
	c.shown = 0
}

// back leads to where the progress began, and deletes all from there on. The lock is held.
func (c *console) back() string {
	switch c.shown {
	case 0:
		return ""
	case 1:
		return "\r\x1b[K"
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", c.shown-1)
}
