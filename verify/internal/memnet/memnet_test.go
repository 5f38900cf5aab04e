package memnet

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var (
	host     = netip.MustParseAddrPort("203.0.113.25:25")
	resolver = netip.MustParseAddrPort("192.0.2.1:53")
)

// pipe makes a connection whose client end is closed with the test.
func pipe(t *testing.T, delay time.Duration) (client, server *Conn) {
	t.Helper()
	client, server = Pipe(delay, net.TCPAddrFromAddrPort(resolver), net.TCPAddrFromAddrPort(host))
	t.Cleanup(func() { client.Close() })
	return client, server
}

// elapsed runs f and returns how long it took by the clock of the bubble.
func elapsed(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

func expect(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got != want {
		t.Errorf("%s took %v, want %v", what, got, want)
	}
}

func read(t *testing.T, conn net.Conn) string {
	t.Helper()
	b := make([]byte, 512)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return string(b[:n])
}

func write(t *testing.T, conn net.Conn, s string) {
	t.Helper()
	if n, err := conn.Write([]byte(s)); n != len(s) || err != nil {
		t.Fatalf("write: %d, %v", n, err)
	}
}

func TestBytesArriveAfterTheDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, 40*time.Millisecond)
		write(t, server, "220 ready")
		expect(t, "reading", elapsed(func() {
			if got := read(t, client); got != "220 ready" {
				t.Errorf("read %q", got)
			}
		}), 40*time.Millisecond)
	})
}

func TestAnEmptyWriteIsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, 0)
		write(t, server, "")
		write(t, server, "220")
		if got := read(t, client); got != "220" {
			t.Errorf("read %q", got)
		}
	})
}

func TestALongChunkIsReadInPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, time.Second)
		want := strings.Repeat("0123456789", 200)
		write(t, server, want)
		server.Close()
		got, err := io.ReadAll(client)
		if string(got) != want || err != nil {
			t.Errorf("read %d bytes, %v; want %d", len(got), err, len(want))
		}
	})
}

func TestBothEndsMayTalkFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, 40*time.Millisecond)
		expect(t, "the exchange", elapsed(func() {
			write(t, client, "EHLO")
			write(t, server, "220")
			if up, down := read(t, server), read(t, client); up != "EHLO" || down != "220" {
				t.Errorf("server read %q, client read %q", up, down)
			}
		}), 40*time.Millisecond)
	})
}

func TestDeadlines(t *testing.T) {
	tests := []struct {
		name string
		set  func(*Conn)
		want time.Duration
	}{
		{"in the future", func(c *Conn) { c.SetReadDeadline(time.Now().Add(5 * time.Minute)) }, 5 * time.Minute},
		{"of both directions", func(c *Conn) { c.SetDeadline(time.Now().Add(time.Minute)) }, time.Minute},
		{"in the past", func(c *Conn) { c.SetReadDeadline(time.Unix(1, 0)) }, 0},
		{"shortened while reading", func(c *Conn) {
			c.SetReadDeadline(time.Now().Add(time.Hour))
			time.AfterFunc(time.Second, func() { c.SetReadDeadline(time.Now().Add(time.Second)) })
		}, 2 * time.Second},
		{"set while reading", func(c *Conn) {
			time.AfterFunc(time.Second, func() { c.SetReadDeadline(time.Now()) })
		}, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, _ := pipe(t, 0)
				test.set(client)
				expect(t, "reading", elapsed(func() {
					_, err := client.Read(make([]byte, 1))
					var timeout net.Error
					if !errors.Is(err, os.ErrDeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() {
						t.Errorf("read: %v", err)
					}
				}), test.want)
			})
		})
	}
}

func TestAnExpiredDeadlineCanBeLifted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, time.Second)
		client.SetReadDeadline(time.Now().Add(time.Millisecond))
		write(t, server, "220")
		if _, err := client.Read(make([]byte, 3)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read: %v", err)
		}
		client.SetReadDeadline(time.Time{})
		if got := read(t, client); got != "220" {
			t.Errorf("read %q", got)
		}
	})
}

func TestTheEndOfTheStreamComesBehindTheData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, 40*time.Millisecond)
		write(t, server, "421 bye")
		server.Close()
		expect(t, "reading to the end", elapsed(func() {
			if got := read(t, client); got != "421 bye" {
				t.Errorf("read %q", got)
			}
			if _, err := client.Read(make([]byte, 1)); err != io.EOF {
				t.Errorf("read behind the end: %v", err)
			}
		}), 40*time.Millisecond)
	})
}

func TestWritingToSomebodyWhoHasLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, 40*time.Millisecond)
		server.Close()
		if _, err := client.Write([]byte("QUIT")); !errors.Is(err, syscall.EPIPE) {
			t.Errorf("write: %v", err)
		}
		if _, err := server.Write([]byte("220")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write on the closed end: %v", err)
		}
		if _, err := server.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("read on the closed end: %v", err)
		}
	})
}

func TestClosingWakesAReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, _ := pipe(t, 0)
		time.AfterFunc(time.Second, func() { client.Close() })
		expect(t, "reading", elapsed(func() {
			if _, err := client.Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
				t.Errorf("read: %v", err)
			}
		}), time.Second)
	})
}

func TestAResetOvertakesWhatIsUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := pipe(t, 40*time.Millisecond)
		write(t, server, "220")
		server.Reset()
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("read: %v", err)
		}
	})
}

func TestDialing(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(*Network)
		limit   time.Duration
		took    time.Duration
		want    error // nil for a connection
	}{
		{"somebody listens",
			func(n *Network) { n.Listen(host, func(c net.Conn) { c.Close() }) }, time.Minute, time.Second, nil},
		{"nobody listens", func(*Network) {}, time.Minute, time.Second, syscall.ECONNREFUSED},
		{"silence", func(n *Network) { n.Silence(host) }, time.Minute, time.Minute, os.ErrDeadlineExceeded},
		{"too far away", func(n *Network) { n.Listen(host, func(c net.Conn) { c.Close() }) },
			time.Millisecond, time.Millisecond, os.ErrDeadlineExceeded},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := &Network{Delay: 500 * time.Millisecond}
				test.prepare(n)
				ctx, cancel := context.WithTimeout(t.Context(), test.limit)
				defer cancel()
				expect(t, "the dial", elapsed(func() {
					conn, err := n.DialContext(ctx, "tcp", host.String())
					if err == nil {
						conn.Close()
					}
					if !errors.Is(err, test.want) {
						t.Errorf("dial: %v, want %v", err, test.want)
					}
				}), test.took)
			})
		})
	}
}

func TestACancelledDialEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		n.Silence(host)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		expect(t, "the dial", elapsed(func() {
			if _, err := n.DialContext(ctx, "tcp4", host.String()); !errors.Is(err, context.Canceled) {
				t.Errorf("dial: %v", err)
			}
		}), time.Second)
	})
}

func TestDatagrams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{Delay: 20 * time.Millisecond}
		n.ListenPacket(resolver, func(query []byte, reply func([]byte)) {
			reply(append([]byte("first to "), query...))
			time.Sleep(time.Second)
			reply([]byte("second"))
		})
		conn, err := n.DialContext(t.Context(), "udp", resolver.String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		packets, ok := conn.(net.PacketConn)
		if !ok {
			t.Fatal("a datagram connection must be a net.PacketConn")
		}
		write(t, conn, "a")
		expect(t, "two answers", elapsed(func() {
			if got := read(t, conn); got != "first to a" {
				t.Errorf("read %q", got)
			}
			short := make([]byte, 3)
			size, from, err := packets.ReadFrom(short)
			if string(short[:size]) != "sec" || err != nil || from.String() != resolver.String() {
				t.Errorf("read %q from %v, %v", short[:size], from, err)
			}
		}), 1040*time.Millisecond)
		conn.SetReadDeadline(time.Now().Add(time.Second))
		if _, err := conn.Read(make([]byte, 9)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the rest of a cut datagram must be lost: %v", err)
		}
	})
}

func TestDatagramsToNobodyAreLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, err := new(Network).DialContext(t.Context(), "udp4", resolver.String())
		if err != nil {
			t.Fatal(err)
		}
		write(t, conn, "a")
		conn.SetReadDeadline(time.Now().Add(3 * time.Second))
		if _, err := conn.Read(make([]byte, 9)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read: %v", err)
		}
		conn.Close()
		if _, err := conn.Read(make([]byte, 9)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("read on a closed connection: %v", err)
		}
		if _, err := conn.Write([]byte("a")); !errors.Is(err, net.ErrClosed) {
			t.Errorf("write on a closed connection: %v", err)
		}
	})
}

// The bubble itself fails if a goroutine is left over when it ends.
func TestNothingIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{Delay: time.Millisecond}
		n.Listen(host, func(conn net.Conn) {
			defer conn.Close()
			_, _ = io.Copy(conn, conn)
		})
		for range 100 {
			conn, err := n.DialContext(t.Context(), "tcp", host.String())
			if err != nil {
				t.Fatal(err)
			}
			write(t, conn, "echo")
			if got := read(t, conn); got != "echo" {
				t.Errorf("read %q", got)
			}
			conn.Close()
		}
	})
}
