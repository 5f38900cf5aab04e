// Command mxverdict gives a second opinion on third-party mail and DNS reports.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"mxverdict/cmd/internal/app"
)

func main() {
	// The first signal ends the waits and prints what is known; a second one ends the program as usual.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(app.Run(os.Args, os.Stdin, os.Stdout, os.Stderr, app.Env{Context: ctx, Getenv: os.Getenv, ConfigDir: os.UserConfigDir}))
}
