package procfs

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Load is the load average: how many tasks ran or wanted to, over the last
// minute, five and fifteen.
type Load struct{ One, Five, Fifteen float64 }

// String is the load as uptime(1) prints it.
func (l Load) String() string { return fmt.Sprintf("%.2f %.2f %.2f", l.One, l.Five, l.Fifteen) }

// Load reads /proc/loadavg.
func (p FS) Load() (Load, error) {
	content, err := p.read("loadavg")
	if err != nil {
		return Load{}, err
	}

	var load Load

	fields := strings.Fields(content)
	for i, average := range []*float64{&load.One, &load.Five, &load.Fifteen} {
		if i >= len(fields) {
			return Load{}, malformed("loadavg")
		}

		if *average, err = strconv.ParseFloat(fields[i], 64); err != nil {
			return Load{}, malformed("loadavg")
		}
	}

	return load, nil
}

// Busy reads the time that all processors together have been at work since the
// machine started (user, nice, system, irq and softirq of /proc/stat). What a
// hypervisor gave to other machines is in none of them.
func (p FS) Busy() (time.Duration, error) {
	content, err := p.read("stat")
	if err != nil {
		return 0, err
	}

	const user, nice, system, irq, softirq = 1, 2, 3, 6, 7 // 0 is the word cpu, 4 and 5 are idle time

	line, _, _ := strings.Cut(content, "\n")

	fields := strings.Fields(line)
	if len(fields) <= softirq || fields[0] != "cpu" {
		return 0, malformed("stat")
	}

	busy, ok := ticks(fields[user], fields[nice], fields[system], fields[irq], fields[softirq])
	if !ok {
		return 0, malformed("stat")
	}

	return busy, nil
}
