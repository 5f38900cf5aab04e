package zone

// This file reads serials. A serial is a number of 32 bits that only has to grow (RFC 1035 section 3.3.13); dates in it are a habit
// (RFC 1912 section 2.2), which the style tells, and which no zone has to follow.

import (
	"fmt"
	"time"
)

// The styles of serials.
const (
	styleDate       = "date"
	styleFutureDate = "future_date"
	styleUnixTime   = "unix_time"
	styleCounter    = "counter"
	styleOther      = "other"
)

// serialStyle tells what a serial looks like, and the date in it if it holds one. A date YYYYMMDDnn counts as begun when
// it has begun somewhere on earth: the most easterly clock zone is UTC+14. Earlier than 1980 there was no DNS to write
// serials for; a date further ahead than two years is a counter that happens to look like one.
func serialStyle(serial uint32, now time.Time) (style string, date time.Time) {
	digits := fmt.Sprint(serial)
	easternmost := now.UTC().Add(14 * time.Hour)
	if len(digits) == 10 {
		// Days that do not exist are refused by it, the 30th of February among them.
		date, err := time.Parse("20060102", digits[:8])
		switch {
		case err != nil || date.Year() < 1980:
		case !date.After(easternmost):
			return styleDate, date
		case date.Before(easternmost.AddDate(2, 0, 0)):
			return styleFutureDate, date
		}
	}
	// Ten digits of Unix time began in September 2001; a clock may be a day ahead.
	const tenDigits = 1_000_000_000
	switch century := digits[:min(2, len(digits))]; {
	// The Unix time is looked at after the date: 2024010101 lies beyond any clock of today, so that the two do not meet before
	// 2032.
	case serial >= tenDigits && int64(serial) <= now.Add(24*time.Hour).Unix():
		return styleUnixTime, time.Time{}
	case len(digits) == 10 && (century == "19" || century == "20"):
		return styleOther, time.Time{}
	}
	return styleCounter, time.Time{}
}

// serialOrder compares serials by RFC 1982 section 3.2: -1 if a is older than b, +1 if newer, 0 if equal. For two that lie
// 2^31 apart the order is not defined.
func serialOrder(a, b uint32) (order int, defined bool) {
	const half = 1 << 31
	switch distance := b - a; { // modulo 2^32
	case distance == 0:
		return 0, true
	case distance == half:
		return 0, false
	case distance < half:
		return -1, true
	}
	return 1, true
}
