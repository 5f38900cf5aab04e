package verify

import (
	"context"

	"mxverdict/verify/evidence"
	"mxverdict/verify/spf"
)

// askOutbound asks what the SPF records of a target say about the addresses of its hosts. Only the exchanges count: derive
// draws the conclusion from them by the same way.
func (r *run) askOutbound(ctx context.Context, t *evidence.Target) {
	if r.Outbound != "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, spf.SPFTime)
	defer cancel()
	for _, h := range t.Hosts {
		for _, a := range h.Addresses {
			spf.EvaluateSPF(ctx, r.askAnyhow, t, a)
		}
	}
}
